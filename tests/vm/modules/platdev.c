// SPDX-License-Identifier: GPL-2.0-only
/*
 * platdev.ko: platform devices as firmware would describe them. A write to its parameter
 * "add" makes one:
 *
 *   NAME [mem=START,BYTES]... [irq=N[,IRQNAME]]... [spi=N] [name=IRQNAME]... [width=BYTES]
 *        [node=PATH]
 *
 * with memory regions, with interrupts by their Linux numbers, or those of a node of the
 * device tree, whose clocks it has too; with the properties "interrupt-names" and
 * "reg-io-width". Interrupt N of the root's interrupt controller, a GIC, becomes an
 * edge-triggered one of the device. A write of NAME to "remove" removes the device.
 */
#include <linux/ioport.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/string.h>

#define PLATDEV_MAX 8

/*
 * A device, the row that describes it, in which its resources' names are, and an interrupt
 * that was mapped for it, or 0.
 */
struct platdev {
	struct list_head node;
	struct platform_device *pdev;
	char *row;
	unsigned int mapped;
};

static LIST_HEAD(platdevs); /* platdev_mutex */
static DEFINE_MUTEX(platdev_mutex);

/* What a row describes; the strings are in the row. */
struct platdev_plan {
	struct resource res[2 * PLATDEV_MAX];
	unsigned int nr_res;
	const char *names[PLATDEV_MAX];
	unsigned int nr_names;
	unsigned int width;
	unsigned int mapped;
	struct device_node *of_node;
};

/* Returns the Linux number of shared peripheral interrupt @spi, or 0. */
static unsigned int platdev_map_spi(unsigned int spi)
{
	struct of_phandle_args args = { .args_count = 3, .args = { 0, spi, IRQ_TYPE_EDGE_RISING } };
	struct device_node *root = of_find_node_by_path("/");
	unsigned int irq = 0;

	args.np = root ? of_irq_find_parent(root) : NULL;
	if (args.np)
		irq = irq_create_of_mapping(&args);
	of_node_put(args.np);
	of_node_put(root);
	return irq;
}

static int platdev_parse(struct platdev_plan *plan, char *word)
{
	struct resource *res = &plan->res[plan->nr_res];
	unsigned long long start, bytes;
	unsigned int spi;
	char *name;
	int irq;

	if (plan->nr_res == ARRAY_SIZE(plan->res) || plan->nr_names == PLATDEV_MAX)
		return -E2BIG;
	if (sscanf(word, "mem=%llx,%llx", &start, &bytes) == 2) {
		*res = (struct resource)DEFINE_RES_MEM(start, bytes);
		plan->nr_res++;
	} else if (sscanf(word, "irq=%d", &irq) == 1) {
		name = strchr(word, ',');
		*res = (struct resource)DEFINE_RES_IRQ_NAMED(irq, name ? name + 1 : NULL);
		plan->nr_res++;
	} else if (sscanf(word, "spi=%u", &spi) == 1) {
		if (plan->mapped)
			return -E2BIG;
		plan->mapped = platdev_map_spi(spi);
		if (!plan->mapped)
			return -ENXIO;
		*res = (struct resource)DEFINE_RES_IRQ(plan->mapped);
		plan->nr_res++;
	} else if (strstarts(word, "name=")) {
		plan->names[plan->nr_names++] = word + strlen("name=");
	} else if (sscanf(word, "width=%u", &plan->width) == 1) {
		return 0;
	} else if (strstarts(word, "node=")) {
		plan->of_node = of_find_node_by_path(word + strlen("node="));
		return plan->of_node ? 0 : -ENODEV;
	} else {
		return -EINVAL;
	}
	return 0;
}

static int platdev_register(const char *name, const struct platdev_plan *plan, char *row)
{
	struct property_entry properties[3] = {};
	struct platform_device_info info = {
		.name = name,
		.id = PLATFORM_DEVID_NONE,
		.res = plan->res,
		.num_res = plan->nr_res,
		.fwnode = plan->of_node ? of_fwnode_handle(plan->of_node) : NULL,
		.of_node_reused = true,
		.properties = properties,
	};
	struct platdev *dev;
	unsigned int i = 0;

	if (plan->width)
		properties[i++] = PROPERTY_ENTRY_U32("reg-io-width", plan->width);
	if (plan->nr_names)
		properties[i++] = PROPERTY_ENTRY_STRING_ARRAY_LEN("interrupt-names", plan->names,
								  plan->nr_names);
	if (!i)
		info.properties = NULL;
	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev)
		return -ENOMEM;
	dev->pdev = platform_device_register_full(&info);
	if (IS_ERR(dev->pdev)) {
		int err = PTR_ERR(dev->pdev);

		kfree(dev);
		return err;
	}
	dev->row = row;
	dev->mapped = plan->mapped;
	mutex_lock(&platdev_mutex);
	list_add_tail(&dev->node, &platdevs);
	mutex_unlock(&platdev_mutex);
	return 0;
}

static int platdev_add(const char *value, const struct kernel_param *kp)
{
	char *row = kstrdup(value, GFP_KERNEL), *rest = row, *name, *word;
	struct platdev_plan *plan = kzalloc(sizeof(*plan), GFP_KERNEL);
	int err = row && plan ? 0 : -ENOMEM;

	if (err)
		goto out;
	rest = strim(rest);
	name = strsep(&rest, " ");
	while (!err && (word = strsep(&rest, " ")))
		err = *word ? platdev_parse(plan, word) : 0;
	if (!err)
		err = platdev_register(name, plan, row);
	of_node_put(plan->of_node);
	if (err && plan->mapped)
		irq_dispose_mapping(plan->mapped);
out:
	kfree(plan);
	if (err)
		kfree(row);
	return err;
}

static void platdev_free(struct platdev *dev)
{
	list_del(&dev->node);
	platform_device_unregister(dev->pdev);
	if (dev->mapped)
		irq_dispose_mapping(dev->mapped);
	kfree(dev->row);
	kfree(dev);
}

static int platdev_remove(const char *value, const struct kernel_param *kp)
{
	struct platdev *dev, *next;
	int err = -ENODEV;

	mutex_lock(&platdev_mutex);
	list_for_each_entry_safe(dev, next, &platdevs, node) {
		if (!sysfs_streq(value, dev_name(&dev->pdev->dev)))
			continue;
		platdev_free(dev);
		err = 0;
	}
	mutex_unlock(&platdev_mutex);
	return err;
}

static const struct kernel_param_ops platdev_add_ops = { .set = platdev_add };
static const struct kernel_param_ops platdev_remove_ops = { .set = platdev_remove };
module_param_cb(add, &platdev_add_ops, NULL, 0200);
MODULE_PARM_DESC(add, "a device that is to be made");
module_param_cb(remove, &platdev_remove_ops, NULL, 0200);
MODULE_PARM_DESC(remove, "name of a device that is to go");

static int __init platdev_init(void)
{
	return 0;
}

static void __exit platdev_exit(void)
{
	struct platdev *dev, *next;

	list_for_each_entry_safe(dev, next, &platdevs, node)
		platdev_free(dev);
}

module_init(platdev_init);
module_exit(platdev_exit);
MODULE_DESCRIPTION("Platform devices that a test describes");
MODULE_LICENSE("GPL");
