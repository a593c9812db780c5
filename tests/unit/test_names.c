// SPDX-License-Identifier: GPL-2.0-or-later
/* libprocirq: names of lines, their handlers, and errors in words, on a tree of fixtures. */

#include "unit.h"

#include <errno.h>

#include "libprocirq/local.h"
#include "libprocirq/procirq.h"

#define MACHINE FIXTURES "machine"
#define BARE	FIXTURES "bare"

static void names_resolve(void **state)
{
	static const struct {
		const char *name;
		int n;
		unsigned int first;
	} cases[] = {
		{ "24", 1, 24 },	   { "7777", 1, 7777 },	      { "timer", 1, 0 },
		{ "eth0-rx-1", 1, 26 },	   { "i801_smbus", 1, 16 },   { "procirq", 2, 20 },
		{ "00:04.0", 1, 20 },	   { "0000:00:04.0", 1, 20 }, { "00:06.0", 2, 25 },
		{ "0000:00:1F.2", 1, 24 }, { "irqgen:0", 1, 27 },     { "irqgen:1", 1, 28 },
	};
	unsigned int irqs[8];
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(cases); i++) {
		assert_int_equal(procirq_resolve_at(MACHINE, cases[i].name, irqs, 8), cases[i].n);
		assert_int_equal(irqs[0], cases[i].first);
	}
	/* With more lines than fit, the number is still right. */
	assert_int_equal(procirq_resolve_at(MACHINE, "procirq", irqs, 1), 2);
	assert_int_equal(procirq_resolve_at(MACHINE, "procirq", NULL, 0), 2);
}

static void wrong_names_do_not_resolve(void **state)
{
	static const struct {
		const char *name;
		int error;
	} cases[] = {
		{ "", ENXIO },		{ "eth0", ENXIO },
		{ "eth0-rx-", ENXIO },	{ "00:05.0", ENXIO },
		{ "00:09.0", ENXIO },	{ "irqgen:2", ENXIO },
		{ "irqgen:9", ENXIO },	{ "irqgen:", EINVAL },
		{ "irqgen:x", EINVAL }, { "99999999999", ENXIO },
		{ "-1", ENXIO },	{ "../24", ENXIO },
	};
	unsigned int irq;
	size_t i;

	(void)state;
	for (i = 0; i < N_ELEMENTS(cases); i++) {
		errno = 0;
		assert_int_equal(procirq_resolve_at(MACHINE, cases[i].name, &irq, 1), -1);
		assert_int_equal(errno, cases[i].error);
	}
	assert_int_equal(procirq_resolve_at(BARE, "irqgen:0", &irq, 1), -1);
	assert_int_equal(errno, ENXIO);
}

static void pci_addresses(void **state)
{
	char full[PROCIRQ_PCI_BYTES];

	(void)state;
	assert_true(procirq_pci_address_parse("1f:1F.7", full));
	assert_string_equal(full, "0000:1f:1f.7");
	assert_true(procirq_pci_address_parse("abcd:00:00.0", full));
	assert_string_equal(full, "abcd:00:00.0");
	assert_false(procirq_pci_address_parse("00:20.0", full));
	assert_false(procirq_pci_address_parse("00:04.8", full));
	assert_false(procirq_pci_address_parse("00:04,0", full));
	assert_false(procirq_pci_address_parse("0:04.0", full));
	assert_false(procirq_pci_address_parse("00:04.00", full));
}

static void holders_are_named(void **state)
{
	char buf[64];

	(void)state;
	assert_int_equal(procirq_holders_at(MACHINE, 16, buf, sizeof(buf)), 24);
	assert_string_equal(buf, "ehci_hcd:usb1,i801_smbus");
	assert_int_equal(procirq_holders_at(MACHINE, 28, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "");
	assert_int_equal(procirq_holders_at(MACHINE, 99, buf, sizeof(buf)), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(procirq_holders_at(MACHINE, 16, buf, 5), 4);
	assert_string_equal(buf, "ehci");
}

static void errors_become_sentences(void **state)
{
	static const struct {
		const char *root;
		unsigned int irq;
		int error;
		const char *words;
	} cases[] = {
		{ MACHINE, 99, ENOENT, "no interrupt line 99" },
		{ BARE, 24, ENOENT, "modprobe procirq" },
		{ MACHINE, 24, ENOENT, "irqs= parameter" },
		{ MACHINE, 24, EACCES, "permission denied; run as root" },
		{ MACHINE, 24, EBUSY,
		  "held by driver \"ahci[0000:00:1f.2]\" of PCI device 0000:00:1f.2; choose another line or unbind it" },
		{ MACHINE, 0, EBUSY, "held by driver \"timer\"; choose" },
		{ MACHINE, 20, EBUSY, "another reader" },
		{ MACHINE, 28, EBUSY, "nothing holds it now; try again" },
		{ MACHINE, 24, ENODEV, "the line is gone" },
		{ MACHINE, 24, EOPNOTSUPP, "sleeping thread" },
		{ MACHINE, 24, ENOMEM, "Cannot allocate memory" },
	};
	char buf[PROCIRQ_EXPLAIN_BYTES];
	size_t i;
	int len;

	(void)state;
	for (i = 0; i < N_ELEMENTS(cases); i++) {
		len = procirq_explain_at(cases[i].root, cases[i].irq, cases[i].error, buf,
					 sizeof(buf));
		assert_int_equal(len, strlen(buf));
		assert_non_null(strstr(buf, cases[i].words));
		assert_non_null(strstr(buf, "/proc/irq/"));
		assert_null(strchr(buf, '\n'));
	}
}

static void name_errors_become_sentences(void **state)
{
	static const struct {
		const char *root;
		const char *name;
		int error;
		const char *words;
	} cases[] = {
		{ MACHINE, "00:06.0", ENOTUNIQ, "has several interrupt lines: 25 26; name one" },
		{ MACHINE, "eth7", ENXIO, "no interrupt line has a handler of that name" },
		{ MACHINE, "00:09.0", ENXIO, "no PCI device has that address" },
		{ MACHINE, "00:05.0", ENXIO, "bind it to the driver procirq-pci" },
		{ MACHINE, "irqgen:9", ENXIO, "irqgen has no such line" },
		{ BARE, "irqgen:0", ENXIO, "modprobe irqgen" },
		{ MACHINE, "irqgen:x", EINVAL, "not the name of an interrupt line" },
		{ MACHINE, "eth0-rx-0", EBUSY,
		  "held by driver \"eth0-rx-0\" of PCI device 0000:00:06.0" },
	};
	char buf[PROCIRQ_EXPLAIN_BYTES], tiny[8];
	size_t i;
	int len;

	(void)state;
	for (i = 0; i < N_ELEMENTS(cases); i++) {
		len = procirq_explain_name_at(cases[i].root, cases[i].name, cases[i].error, buf,
					      sizeof(buf));
		assert_int_equal(len, strlen(buf));
		assert_non_null(strstr(buf, cases[i].words));
		/* The length is that of the whole sentence, also where it is cut. */
		assert_int_equal(procirq_explain_name_at(cases[i].root, cases[i].name,
							 cases[i].error, tiny, sizeof(tiny)),
				 len);
		assert_int_equal(strlen(tiny), sizeof(tiny) - 1);
	}
}

/* The running kernel has no /proc/irq/N/irq, so opening fails. */
static void opening_fails_cleanly(void **state)
{
	(void)state;
	errno = 0;
	assert_null(procirq_open(4000000000u, 0));
	assert_int_equal(errno, ENOENT);
	assert_null(procirq_open(0, 1u << 30));
	assert_int_equal(errno, EINVAL);
	assert_null(procirq_open_name("no such action", 0));
	procirq_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_resolve),
		cmocka_unit_test(wrong_names_do_not_resolve),
		cmocka_unit_test(pci_addresses),
		cmocka_unit_test(holders_are_named),
		cmocka_unit_test(errors_become_sentences),
		cmocka_unit_test(name_errors_become_sentences),
		cmocka_unit_test(opening_fails_cleanly),
	};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
