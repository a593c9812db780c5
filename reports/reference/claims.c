// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Published figures. Where a source tells neither load nor method nor what the
 * number is of its samples, that is said: it is what most of them leave out.
 */

#include "ref.h"

#define NO_STATISTIC "statistic not stated"
#define NOT_STATED   "not stated"
#define XUI	     "xUI paper, ASPLOS 2025, doi 10.1145/3676641.3716028"
#define SBB	     "SBB paper, OSDI 2026, section 6.5"
#define RFC \
	"S. Mehta, LKML, <20210913200132.3396598-1-sohil.mehta@intel.com>, table of 14 September"
#define SEL4	    "seL4 performance page, row \"IRQ invoke\""
#define REACT_GUIDE "SGI REACT Real-Time Programmer's Guide (IRIX 5.3/6.2)"

const struct ref_claim ref_claims[] = {
	{ "SGI ULI", "~3 us", 3000, 3000, NO_STATISTIC, REF_UPCALL,
	  "\"quick response\" of a user level interrupt",
	  "ia64, Linux 2.6.10 and 2.6.11-rc4; load and method not stated",
	  "M. Raymond, linux-ia64, <20050222105957.B67472@goliath.americas.sgi.com>",
	  "2005-02-22" },
	{ "SGI ULI", "~1.5 us", 1500, 1500, NO_STATISTIC, REF_UPCALL,
	  "hardware event to start of the user space function",
	  "ia64 Altix, Linux 2.6.11, \"with some recent changes\"; load and method not stated",
	  "M. Raymond, LKML, <20050311075029.A92696@goliath.americas.sgi.com>", "2005-03-11" },
	{ "SGI ULI", "1+ us", 1000, 1000, NO_STATISTIC, REF_UPCALL,
	  "notification of user space of a device interrupt",
	  "ia64, patch for Linux 2.6.11; load and method not stated",
	  "M. Raymond, LKML, <20050323103832.A108873@goliath.americas.sgi.com>", "2005-03-23" },
	{ "SGI REACT 5.3", "4-6 us", 4000, 6000, "average", REF_RESPONSE,
	  "interrupt response of the system; not of ULI, which is listed apart",
	  "Altix, 2 to 64 processors \"properly configured\", SLES10 SP1 and ProPack 5 SP3",
	  "SGI, page of REACT for Linux", "2007" },
	{ "SGI REACT 5.3", "30 us", 30000, 30000, "maximum", REF_RESPONSE,
	  "interrupt response of the system; not of ULI, which is listed apart",
	  "Altix, 2 to 64 processors \"properly configured\", SLES10 SP1 and ProPack 5 SP3",
	  "SGI, page of REACT for Linux", "2007" },
	{ "SGI REACT/pro", "< 200 us", 200000, 200000, "guarantee", REF_RESPONSE,
	  "interrupt asserted to serviced, and back in the user process",
	  "Challenge, Onyx, POWER Challenge; directed interrupt, isolated and restricted CPU",
	  REACT_GUIDE ", on response time", "not dated" },
	{ "SGI IRIX 5", "< 200 us", 200000, 200000, "guarantee", REF_RESPONSE,
	  "interrupt to start of the user's process", "Challenge, Onyx; marketing text",
	  "SGI, page on REACT", "1995-01" },
	{ "SGI SkyWriter", "< 200 us", 200000, 200000, "guarantee", REF_RESPONSE,
	  "VME interrupt to begin of the user process", "SkyWriter, IRIX 4.0",
	  "SGI SkyWriter technical report, section 4.4", "not dated" },
	{ "SGI VME", "2-8 us", 2000, 8000, "2 typical, 4 estimated worst, 8 theoretical worst",
	  REF_HARDWARE, "propagation of a VME interrupt in hardware", "Challenge, Onyx",
	  REACT_GUIDE ", on hardware latency", "not dated" },
	{ "SGI VME polling", "<= 4 us", 4000, 4000, "upper bound", REF_HARDWARE,
	  "one VME address polled instead of an interrupt", "Challenge, Onyx", REACT_GUIDE,
	  "not dated" },
	{ "DPDK interrupt mode", "3.4 us", 3400, 3400, NO_STATISTIC, REF_OVERHEAD,
	  "notification through VFIO eventfd and epoll, more than polling",
	  "Intel E810 network card", SBB, "2026" },
	{ "UINTR, device", "0.45 us", 450, 450, NO_STATISTIC, REF_OVERHEAD,
	  "network card's interrupt to a user handler, more than polling (and 0.04 us of cache misses)",
	  "Intel E810; the thread runs: else it is an ordinary interrupt and wake-up", SBB,
	  "2026" },
	{ "Linux setitimer", "~3 us", 3000, 3000, NO_STATISTIC, REF_MESSAGE,
	  "preemption by a timer's signal", NOT_STATED, "SBB paper, OSDI 2026, section 4.3",
	  "2026" },
	{ "UINTR, user IPI", "1360 cycles = 0.68 us", 680, 680, NO_STATISTIC, REF_MESSAGE,
	  "SENDUIPI to the handler of a thread that runs",
	  "Sapphire Rapids, 2.0 GHz; 720 cycles of it at the receiver", XUI, "2025" },
	{ "Linux signal", "~2.4 us", 2400, 2400, NO_STATISTIC, REF_MESSAGE, "signal to a thread",
	  NOT_STATED, XUI ", section 2, as quoted by others", "2025" },
	{ "UINTR, blocked", "8.9 x user IPI", 0, 0, NO_STATISTIC, REF_MESSAGE,
	  "user IPI to a receiver blocked in the kernel",
	  "ratio to a user IPI whose receiver spins; no absolute times", RFC, "2021-09-13" },
	{ "Linux eventfd", "9.7 x user IPI", 0, 0, NO_STATISTIC, REF_MESSAGE,
	  "eventfd between two threads",
	  "the same; reviewers found two threads racing on one eventfd", RFC, "2021-09-13" },
	{ "Linux signal", "14.8 x user IPI", 0, 0, NO_STATISTIC, REF_MESSAGE,
	  "signal between two threads", "the same ratio", RFC, "2021-09-13" },
	{ "seL4", "1812 cycles = 0.53 us", 530, 530, NO_STATISTIC, REF_DISPATCH,
	  "kernel to the user level handler, same address space", "Haswell, 3.4 GHz", SEL4,
	  "2022-03-28" },
	{ "seL4", "1222 cycles = 0.36 us", 360, 360, NO_STATISTIC, REF_DISPATCH,
	  "kernel to the user level handler, same address space",
	  "Skylake, without Meltdown mitigation", SEL4, "2022-03-28" },
	{ "seL4", "871 cycles = 0.46 us", 460, 460, NO_STATISTIC, REF_DISPATCH,
	  "kernel to the user level handler, same address space", "TX1, Cortex-A57", SEL4,
	  "2022-03-28" },
	{ "seL4", "1018 cycles = 0.68 us", 680, 680, NO_STATISTIC, REF_DISPATCH,
	  "kernel to the user level handler, same address space", "U540 (RISC-V)", SEL4,
	  "2022-03-28" },
	{ "seL4", "636 cycles = 0.64 us", 640, 640, NO_STATISTIC, REF_DISPATCH,
	  "kernel to the user level handler, same address space", "i.MX6, Cortex-A9", SEL4,
	  "2022-03-28" },
	{ "RedHawk", "220 us", 220000, 220000, "worst; mostly below 100 us", REF_RESPONSE,
	  "RTC interrupt to the user process",
	  "Linux 2.4.21, shielded CPU (below 10 ms where it is not)", "Linux Journal, article 6900",
	  "2003" },
	{ 0 }
};

const struct ref_comparison ref_comparisons[REF_KINDS] = {
	[REF_UPCALL] = { "upcall", &bench_stages[BENCH_STAGE_TO_USER], true,
			 "the uli ways, stage handler_to_user, paths direct and return: nobody has to be woken there either",
			 "ways that block, and path wake: they wake a thread, which these figures leave out. \"Hardware event\" begins before our stamp" },
	[REF_RESPONSE] = { "response", &bench_stages[BENCH_STAGE_TOTAL], false,
			   "ways that block, stage total, mean with average and max with maximum, on real hardware",
			   "spinning and uli ways; emulated or virtual machines; a guarantee is no measurement" },
	[REF_OVERHEAD] = { "overhead", NULL, false,
			   "a row of ours less that of a way that spins, from the same run",
			   "any row of ours as it stands: it contains what polling costs too" },
	[REF_DISPATCH] = { "dispatch", &bench_stages[BENCH_STAGE_TO_USER], false,
			   "the order of magnitude of stage handler_to_user: a microkernel's whole path against Linux's",
			   "the figure itself: no device, warm caches, other processors" },
	[REF_MESSAGE] = { "message", NULL, false, "these with each other, within one source",
			  "anything of ours: one program tells another, no device interrupts" },
	[REF_HARDWARE] = { "hardware", NULL, false,
			   "nothing of ours: irqlat's time begins later, or there is no interrupt",
			   "any stage" },
};
