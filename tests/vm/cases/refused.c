// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Functions of the kernel that the modules call fail for another reason than memory:
 * fault.ko returns an error from them. The error is passed on, or what was wanted works
 * without; and afterwards everything is as it was before.
 */
#include "faultpaths.h"

/* An error that none of these functions returns by itself. */
#define ODD (-ENOLINK)

struct refusal {
	const char *symbol;
	int nth;    /* which call of it fails */
	long error; /* what it returns */
	long wants; /* what our call returns then */
};

/*
 * Since 6.10, functions that allocate memory are macros of that name, and the functions'
 * names end in _noprof.
 */
static bool refusal_begin(const struct refusal *r)
{
	static const char *const endings[] = { "", "_noprof" };
	char arguments[160];
	unsigned int i;

	for (i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		snprintf(arguments, sizeof(arguments), "symbol=%s%s comm=" COMM " nth=%d error=%ld",
			 r->symbol, endings[i], r->nth, r->error);
		if (!module_load("fault", arguments))
			return true;
	}
	tap_diag("%s: %s", r->symbol, strerror(errno));
	return false;
}

static void refuse(const struct path *path, const struct refusal *refusals, size_t n)
{
	const struct refusal *r;
	long ret;

	prctl(PR_SET_NAME, COMM);
	if (path->begin)
		path->begin();
	for (r = refusals; r < refusals + n; r++) {
		if (path->before)
			path->before();
		REQUIRE(refusal_begin(r));
		ret = path->call();
		if (!CHECK(fault_number("hits") >= r->nth) || !CHECK_EQ(ret, r->wants))
			tap_diag("call %d of %s", r->nth, r->symbol);
		REQUIRE(module_unload("fault") == 0);
		path->after(ret);
	}
	if (path->end)
		path->end();
}

#define REFUSE(path, ...)                                                     \
	do {                                                                  \
		static const struct refusal refusals[] = { __VA_ARGS__ };     \
		refuse(path, refusals, sizeof(refusals) / sizeof(*refusals)); \
	} while (0)

static void opening(void)
{
	REFUSE(&path_opening, { "vmalloc_user", 1, 0, -ENOMEM },
	       { "request_threaded_irq", 1, ODD, ODD });
}

static void an_eventfd(void)
{
	REFUSE(&path_eventfd, { "eventfd_ctx_fdget", 1, ODD, ODD });
}

static void registering(void)
{
	REFUSE(&path_registering, { "account_locked_vm", 1, ODD, -ENOMEM },
	       { "pin_user_pages_fast", 1, ODD, -EFAULT },
	       { "pin_user_pages_fast", 1, 0, -EFAULT });
}

static void mapping(void)
{
	REFUSE(&path_mapping, { "remap_vmalloc_range", 1, ODD, ODD });
}

static void describing(void)
{
	REFUSE(&path_describing, { "pci_get_domain_bus_and_slot", 1, 0, -ENXIO },
	       { "pci_iomap_range", 1, 0, -ENOMEM }, { "vmalloc_user", 1, 0, -ENOMEM },
	       { "request_threaded_irq", 1, ODD, ODD });
}

/* The handler for the device cannot be attached, nor can the one that was before. */
static void describing_and_going_back(void)
{
	prctl(PR_SET_NAME, COMM);
	begin_edu();
	before_edu();
	REQUIRE(module_load("fault", "symbol=request_threaded_irq comm=" COMM
				     " nth=1 times=2 error=-67") == 0);
	CHECK_EQ(call_descriptor(), ODD);
	CHECK_EQ(fault_number("hits"), 2);
	REQUIRE(module_unload("fault") == 0);
	/* The reader has no handler; it may try again. */
	CHECK_EQ(irq_read(scene.gen.fd), -ENOTCONN);
	CHECK_EQ(call_descriptor(), 0);
	after_edu(0);
	end_edu();
}

static void binding(void)
{
	REFUSE(&path_binding_msi, { "pci_enable_device", 1, ODD, ODD },
	       { "pci_alloc_irq_vectors_affinity", 1, -ENOSPC, -ENOSPC },
	       { "request_threaded_irq", 1, ODD, ODD });
}

static void binding_platform(void)
{
	REFUSE(&path_binding_platform, { "__devm_request_region", 1, 0, -EBUSY },
	       { "platform_get_irq", 1, ODD, ODD }, { "device_create", 1, ODD, ODD },
	       /* The first one is for the character device. */
	       { "sysfs_create_group", 2, ODD, ODD });
}

static void loading(void)
{
	REFUSE(&path_loading, { "alloc_workqueue", 1, 0, -ENOMEM },
	       { "bus_register_notifier", 1, ODD, ODD }, { "__pci_register_driver", 1, ODD, ODD },
	       { "__platform_driver_register", 1, ODD, ODD },
	       { "alloc_chrdev_region", 1, ODD, ODD }, { "cdev_add", 1, ODD, ODD },
	       { "proc_mkdir", 1, 0, -ENOMEM }, { "proc_create_single_data", 2, 0, -ENOMEM },
	       /* It is called to wait for others; the descriptor is not needed. */
	       { "__irq_alloc_descs", 1, -ENOSPC, 0 },
	       { "register_ftrace_function", 2, -ENOMEM, -ENOMEM });
}

static void loading_fixed(void)
{
	REFUSE(&path_loading_fixed, { "proc_create_data", 1, 0, -ENOMEM },
	       { "proc_create_data", 2, 0, -ENOMEM });
}

/* Where the directories cannot be watched, it serves irqs= only: here none. */
static void loading_without_hooks(void)
{
	REFUSE(&path_loading_nothing, { "ftrace_set_filter", 1, ODD, 0 },
	       { "ftrace_set_filter", 3, ODD, 0 }, { "register_kprobes", 1, ODD, 0 },
	       { "ftrace_set_filter_ip", 1, ODD, 0 }, { "ftrace_set_filter_ip", 2, ODD, 0 },
	       { "ftrace_set_filter_ip", 5, ODD, 0 }, { "ftrace_set_filter_ip", 8, ODD, 0 },
	       { "register_ftrace_function", 1, ODD, 0 }, { "register_ftrace_function", 2, ODD, 0 },
	       { "register_ftrace_function", 4, ODD, 0 });
}

static void adding(void)
{
	REFUSE(&path_adding, { "__irq_alloc_descs", 1, ODD, ODD },
	       { "vmalloc_user", 1, 0, -ENOMEM });
}

static void loading_irqgen(void)
{
	REFUSE(&path_loading_irqgen, { "misc_register", 1, ODD, ODD },
	       { "__irq_alloc_descs", 2, ODD, ODD });
}

static const struct tap_test tests[] = {
	TAP_TEST(opening),	  TAP_TEST(an_eventfd),	      TAP_TEST(registering),
	TAP_TEST(mapping),	  TAP_TEST(describing),	      TAP_TEST(describing_and_going_back),
	TAP_TEST(binding),	  TAP_TEST(binding_platform), TAP_TEST(loading),
	TAP_TEST(loading_fixed),  TAP_TEST(adding),	      TAP_TEST(loading_without_hooks),
	TAP_TEST(loading_irqgen),
};

int main(int argc, char **argv)
{
	(void)argc;
	tap_after = faults_after;
	return TAP_MAIN(tests);
}
