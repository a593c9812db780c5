/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system-call fuzzer: every call of the interface at random, by four programs at
 * once, while lines, devices, processors and modules come and go.
 *
 * draw and mutate make random numbers and structures; file, ioctl, map, events, process,
 * uli and machine each have a few kinds of calls: a function that makes one (it depends
 * on the random numbers alone) and one that performs it. kinds.c is the table of them.
 * worker.c is a thread's loop, tally.c counts what was returned, runner.c starts the
 * programs, and main.c is the test.
 */
#ifndef TORTURE_H
#define TORTURE_H

#include <errno.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "draw.h"
#include "module/uapi/procirq.h"

/* The programs. Each has a process of its own. */
enum role {
	OWNER,	  /* opens lines, passes files on */
	STRANGER, /* may open nothing, gets files from the owner */
	HANDLER,  /* has user level interrupts; may crash, and is started again */
	MACHINE,  /* hot-plug, processors, modules, interrupts */
	ROLES
};

#define THREADS_MAX 8
#define FILES	    12 /* of a process */
#define MAPS	    4  /* of a thread */
#define KINDS_MAX   64
#define ERRORS	    134
#define RING_BYTES  36864

/* Lines by number: those of irqgen, then of the edu devices, then some of the machine. */
#define GEN_LINES 4
#define LINE_EDU  GEN_LINES
#define LINE_REST (LINE_EDU + 2)
#define LINES	  (LINE_REST + 4)

/* Where the memory is that a call passes. */
enum place {
	PLACE_WHOLE,	/* mapped */
	PLACE_END,	/* mapped, and nothing behind it */
	PLACE_CUT,	/* the second half is not mapped */
	PLACE_ODD,	/* not aligned */
	PLACE_ABSENT,	/* zeros, not read in yet */
	PLACE_READONLY, /* zeros */
	PLACE_NULL,
	PLACE_KERNEL,
	PLACES
};

struct kind;

/* A call, as it was drawn. What the fields mean depends on the kind. */
struct call {
	const struct kind *kind;
	unsigned int slot, other; /* of files */
	unsigned int how;	  /* variant of the call */
	enum place place;
	uint64_t number[4];
	unsigned int bytes; /* of @data */
	unsigned char data[sizeof(struct procirq_descriptor) + 128];
};

struct map {
	char *at; /* NULL: none */
	size_t bytes;
};

/* A thread of a role. */
struct worker {
	enum role role;
	unsigned int thread; /* in shared->threads */
	char *memory;	     /* see worker_place() */
	struct map maps[MAPS];
	char *uli; /* ULI_PAGES pages */
};

struct kind {
	const char *name;
	/* How often each role draws it. */
	unsigned short weight[ROLES];
	/* Sets the fields that the kind needs; slot, other and place are drawn already. */
	void (*make)(struct draw *d, struct call *call);
	/* Returns 0 or more, or -errno. */
	long (*perform)(struct worker *w, const struct call *call);
	/* How it may fail, beside those in common_errors. */
	unsigned char errors[14];
	/* It must not succeed for a stranger. */
	bool privileged;
	/* It is no fault of the test if it never fails. */
	bool need_not_fail;
	/* A path without which the kind cannot succeed on this kernel. */
	const char *needs;
};

extern const struct kind kinds[];
extern const unsigned int nr_kinds;

/* Makes the call of one step: a function of its arguments. */
void call_make(struct call *call, uint64_t seed, enum role role, unsigned int thread,
	       uint64_t step);

/* Writes the call as text. */
void call_print(const struct call *call, char *text, size_t size);

/* What the processes share. */
struct shared {
	uint64_t seed;
	atomic_bool stop;
	/* Everybody closes everything and waits, for a module to be unloaded. */
	atomic_bool drain;
	atomic_uint irqs[LINES]; /* 0: none */
	struct shared_thread {
		enum role role;
		atomic_int pid, tid; /* 0: not started */
		atomic_ulong step;
		atomic_bool drained;
	} threads[THREADS_MAX];
	unsigned int nr_threads;
	atomic_ulong tally[ROLES][KINDS_MAX][ERRORS];
	atomic_ulong deaths; /* of the handler's process */
	atomic_ulong books;  /* lines' accounts that were checked */
	atomic_uint nr_wrong;
	char wrong[8][300];
};

extern struct shared *shared;

/* --- worker.c ------------------------------------------------------------------- */

/* The files of this process; -1: none. */
extern atomic_int files[FILES];
/* Sockets between owner and stranger; an end each. */
extern int sockets[2];
/* Whether a program may make the calls of 32-bit programs. */
extern bool has_compat;

/* Runs until shared->stop; @w is the thread's. */
void worker_run(struct worker *w);

/* Puts a file into a slot; closes what was there. */
void slot_put(unsigned int slot, int fd);
int slot_get(unsigned int slot);

/* A slot, from @slot on, whose file is probably one of an edu device's line. */
void slot_note_line(unsigned int slot, int line);
unsigned int slot_of_edu(unsigned int slot);

/*
 * Copies the call's data to where its place says. What follows it is zero. Returns the
 * address, which is below 4 GB but for PLACE_KERNEL.
 */
void *worker_place(struct worker *w, const struct call *call);

/* -errno of a call that returned @ret. */
long result(long ret);

/* Sets a thread's signal handlers and other things that each process needs. */
void process_begin(void);

/* --- tally.c -------------------------------------------------------------------- */

/* Counts what the call returned, and looks whether it may return that. */
void tally_add(enum role role, const struct call *call, long ret);

/* The test fails, with this reason. */
void wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Calls of a kind that succeeded, or failed, in all roles. */
unsigned long tally_good(unsigned int kind), tally_bad(unsigned int kind);
unsigned long tally_calls(void);

/* The first kind that has never succeeded, or never failed though it can; or NULL. */
const struct kind *tally_missing(bool good);

/* Prints a line for each kind. */
void tally_print(void (*print)(const char *format, ...));

/* --- runner.c ------------------------------------------------------------------- */

/* The process of a role. */
struct program {
	const char *name;
	unsigned int threads;
};

extern const struct program programs[ROLES];

/* The number of its first thread; those of one program follow each other. */
unsigned int first_thread(enum role role);

struct run {
	uint64_t seed;
	long seconds;	     /* at least */
	unsigned long calls; /* at least */
	bool covers;	     /* until each kind has succeeded and failed */
	long patience;	     /* seconds; how long to wait for a thread, and for a kind */
	char **argv;	     /* of the program */
	__attribute__((format(printf, 1, 2))) void (*say)(const char *format, ...);
};

/* Runs the programs. Returns when all of them have ended. */
void run(const struct run *run);

/* What a process does that was started by exec, with a file. */
int inherited(int fd);

/* --- the kinds ------------------------------------------------------------------- */

#define KIND(name)                                       \
	void make_##name(struct draw *d, struct call *); \
	long do_##name(struct worker *w, const struct call *)

/* file.c */
KIND(open);
KIND(close);
KIND(dup);
KIND(read);
KIND(write);
KIND(other);

/* ioctl.c */
KIND(info);
KIND(flags);
KIND(descriptor);
KIND(set_eventfd);
KIND(inject);
KIND(set_spin);
KIND(get_spin);
KIND(wait);
KIND(request);
/* Makes sure that a descriptor reaches no register that raises an interrupt, or a DMA. */
void descriptor_make_safe(struct procirq_descriptor *d);
/* An ioctl, by "int $0x80" if the call says so. */
long ioctl_by(const struct call *call, int fd, unsigned int request, void *arg);

/* map.c */
KIND(mmap);
KIND(munmap);
KIND(mremap);
KIND(mprotect);
KIND(madvise);
KIND(ring);
void maps_end(struct worker *w);

/* events.c */
KIND(poll);
KIND(select);
KIND(epoll_create);
KIND(epoll_ctl);
KIND(epoll_wait);
KIND(eventfd);
KIND(event_read);
KIND(uring);
int event_get(unsigned int slot);
void events_end(void);

/* process.c */
KIND(fork);
KIND(exec);
KIND(thread);
KIND(pass);
KIND(receive);
KIND(signal);
void sockets_empty(void);

/* uli.c */
#define ULI_PAGES 3
KIND(uli_register);
KIND(uli_unregister);
KIND(uli_info);
KIND(uli_kick);
KIND(uli_block);
KIND(uli_sleep);
KIND(uli_spin);
KIND(uli_memory);
KIND(uli_crash);
void uli_begin(struct worker *w);

/* machine.c */
KIND(line);
KIND(schedule);
KIND(fire);
KIND(affinity);
KIND(look);
KIND(books);
KIND(parameter);
KIND(cpu);
KIND(bind);
KIND(remove);
KIND(edu);
KIND(suspend);
KIND(reload);
/* @argv: of the program; AWAIT() looks for its settings. */
/* The PCI device that has the line of this number among shared->irqs, or NULL. */
const char *machine_device(uint64_t line);
void machine_begin(char **argv);
void machine_end(void);

#endif
