// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver "procirq-platform", for platform devices (device tree, ACPI) whose driver is
 * in user space. It powers the device and starts its clocks, and takes all its
 * interrupts, so that each has a /proc/irq/N/irq. Its memory regions can be mapped.
 *
 * It binds to devices by driver_override, and to those that the parameter "compatible"
 * names.
 *
 * Mappings of regions have to go before the clocks stop: on arm64, an access of a device
 * without a clock ends in an abort. sysfs takes them away with the file.
 */
#include <linux/acpi.h>
#include <linux/capability.h>
#include <linux/clk.h>
#include <linux/device.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/kref.h>
#include <linux/mm.h>
#include <linux/mod_devicetable.h>
#include <linux/moduleparam.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/property.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "compat.h"
#include "internal.h"

#define COMPATIBLE_MAX 16

static char *compatible;
module_param(compatible, charp, 0444);
MODULE_PARM_DESC(
	compatible,
	"devices that procirq-platform binds to: compatible strings of the device tree and IDs of ACPI, separated by blanks");

/* What the parameter names; the last entry is empty. Written before the driver is registered. */
static const struct of_device_id *platform_of_ids;
static const struct acpi_device_id *platform_acpi_ids;

#define WIDTHS_ALL (8 | 16 | 32)

/**
 * struct platform_map - a memory region as a file
 * @attr: the file; its private is this struct
 * @name: of the file
 * @region: the region
 */
struct platform_map {
	struct bin_attribute attr;
	char name[12];
	const struct procirq_platform_region *region;
};

/**
 * struct platform_data - driver data of a bound device; freed with devres
 * @bound: with the driver's reference
 * @nr_owned: how many of @bound's interrupts are registered as ours
 * @nr_clocks: length of @clocks
 * @clocks: the device's clocks, which run
 * @irq_names: names of @bound's interrupts; NULL if one has none
 * @group: the folder of files in sysfs
 * @files: its regions' files, and NULL
 * @maps: as many as @bound has regions
 */
struct platform_data {
	struct procirq_platform_bound *bound;
	unsigned int nr_owned;
	int nr_clocks;
	struct clk_bulk_data *clocks;
	const char **irq_names;
	struct attribute_group group;
	struct bin_attribute *files[PROCIRQ_REGIONS_MAX + 1];
	struct platform_map maps[PROCIRQ_REGIONS_MAX];
};

/* --- files in sysfs ------------------------------------------------------------------ */

static ssize_t irqs_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct platform_data *data = dev_get_drvdata(dev);
	const struct procirq_platform_bound *bound = data->bound;
	ssize_t len = 0;
	unsigned int i;

	for (i = 0; i < bound->nr_irqs; i++)
		len += sysfs_emit_at(buf, len, "%u %u%s%s\n", i, bound->irqs[i],
				     data->irq_names[i] ? " " : "", data->irq_names[i] ?: "");
	return len;
}
static DEVICE_ATTR_RO(irqs);

static ssize_t kind_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "platform\n");
}
static DEVICE_ATTR_RO(kind);

static ssize_t regions_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct platform_data *data = dev_get_drvdata(dev);
	const struct procirq_platform_bound *bound = data->bound;
	ssize_t len = 0;
	unsigned int i;

	for (i = 0; i < bound->nr_regions; i++) {
		const struct procirq_platform_region *region = &bound->regions[i];

		len += sysfs_emit_at(buf, len, "%u %#llx %#llx\n", i, (u64)region->start,
				     (u64)region->bytes);
	}
	return len;
}
static DEVICE_ATTR_RO(regions);

static ssize_t widths_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct platform_data *data = dev_get_drvdata(dev);
	u8 widths = READ_ONCE(data->bound->widths);
	ssize_t len = 0;
	unsigned int width;

	for (width = 8; width <= 32; width *= 2)
		if (widths & width)
			len += sysfs_emit_at(buf, len, "%s%u", len ? " " : "", width);
	return len + sysfs_emit_at(buf, len, "\n");
}

/* Who says which widths the device takes vouches for it. */
static ssize_t widths_store(struct device *dev, struct device_attribute *attr, const char *buf,
			    size_t count)
{
	const struct platform_data *data = dev_get_drvdata(dev);
	u8 widths = 0;
	unsigned int width;
	const char *at = buf;
	int len;

	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	while (sscanf(at, " %u%n", &width, &len) == 1) {
		if (!is_power_of_2(width) || !(width & WIDTHS_ALL))
			return -EINVAL;
		widths |= width;
		at += len;
	}
	if (!widths || *skip_spaces(at))
		return -EINVAL;
	WRITE_ONCE(data->bound->widths, widths);
	return count;
}
static DEVICE_ATTR_ADMIN_RW(widths);

/*
 * procirq/irqs: a row "INDEX IRQ [NAME]" for each interrupt; procirq/kind: "platform";
 * procirq/regions: a row "INDEX START BYTES" for each region; procirq/widths: widths that
 * steps may have; procirq/regionINDEX: to be mapped.
 */
static struct attribute *platform_attrs[] = {
	&dev_attr_irqs.attr,
	&dev_attr_kind.attr,
	&dev_attr_regions.attr,
	&dev_attr_widths.attr,
	NULL,
};

/* Whether the region has its pages for itself. */
static bool region_has_whole_pages(const struct procirq_platform_region *region)
{
	return PAGE_ALIGNED(region->start) && PAGE_ALIGNED(region->bytes);
}

/*
 * Maps the pages that the region is in. Registers of other devices may be in the first and
 * the last of them, to which an open file is no right.
 */
static int region_mmap(struct file *file, struct kobject *kobj,
		       PROCIRQ_BIN_ATTR_CONST struct bin_attribute *attr,
		       struct vm_area_struct *vma)
{
	const struct platform_map *map = attr->private;
	const struct procirq_platform_region *region = map->region;
	int err;

	/* A private mapping would copy registers on write. */
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (!region_has_whole_pages(region) && !capable(CAP_SYS_RAWIO))
		return -EPERM;
	err = security_locked_down(LOCKDOWN_DEV_MEM);
	if (err)
		return err;
	/* As ioremap(), by which descriptors access it. */
	vma->vm_page_prot = pgprot_device(vma->vm_page_prot);
	return vm_iomap_memory(vma, region->start, region->bytes);
}

static int platform_add_files(struct platform_device *pdev, struct platform_data *data)
{
	struct procirq_platform_bound *bound = data->bound;
	unsigned int i;

	for (i = 0; i < bound->nr_regions; i++) {
		struct platform_map *map = &data->maps[i];

		map->region = &bound->regions[i];
		snprintf(map->name, sizeof(map->name), "region%u", i);
		sysfs_bin_attr_init(&map->attr);
		map->attr.attr.name = map->name;
		map->attr.attr.mode = 0600;
		map->attr.size =
			PAGE_ALIGN(offset_in_page(map->region->start) + map->region->bytes);
		map->attr.private = map;
		map->attr.mmap = region_mmap;
		data->files[i] = &map->attr;
	}
	data->group.name = "procirq";
	data->group.attrs = platform_attrs;
	data->group.bin_attrs = (void *)data->files; /* const or not, as the kernel's version is */
	return sysfs_create_group(&pdev->dev.kobj, &data->group);
}

/* --- binding ----------------------------------------------------------------------------- */

static void platform_power_off(void *dev)
{
	pm_runtime_put_sync(dev);
	pm_runtime_disable(dev);
}

static int platform_power_on(struct device *dev)
{
	int err;

	pm_runtime_enable(dev);
	err = pm_runtime_resume_and_get(dev);
	if (err < 0) {
		pm_runtime_disable(dev);
		return err;
	}
	return devm_add_action_or_reset(dev, platform_power_off, dev);
}

static void platform_clocks_stop(void *arg)
{
	struct platform_data *data = arg;

	clk_bulk_disable_unprepare(data->nr_clocks, data->clocks);
	clk_bulk_put_all(data->nr_clocks, data->clocks);
}

static int platform_clocks_start(struct device *dev, struct platform_data *data)
{
	int err;

	data->nr_clocks = clk_bulk_get_all(dev, &data->clocks);
	if (data->nr_clocks <= 0)
		return data->nr_clocks;
	err = clk_bulk_prepare_enable(data->nr_clocks, data->clocks);
	if (err) {
		clk_bulk_put_all(data->nr_clocks, data->clocks);
		return err;
	}
	return devm_add_action_or_reset(dev, platform_clocks_stop, data);
}

/* Reserves the device's memory regions: no other driver, and no RAM, is to be in them. */
static int platform_take_regions(struct platform_device *pdev, struct procirq_platform_bound *bound)
{
	struct device *dev = &pdev->dev;
	const struct resource *res;

	while ((res = platform_get_resource(pdev, IORESOURCE_MEM, bound->nr_regions))) {
		struct procirq_platform_region *region = &bound->regions[bound->nr_regions];

		if (bound->nr_regions == PROCIRQ_REGIONS_MAX) {
			dev_warn(dev,
				 "has more than %d memory regions; the others cannot be used\n",
				 PROCIRQ_REGIONS_MAX);
			break;
		}
		if (!devm_request_mem_region(dev, res->start, resource_size(res), bound->name)) {
			/* The kernel's function does not say which. */
			dev_err(dev, "memory region %pR is in use, or there is no memory\n", res);
			return -EBUSY;
		}
		region->start = res->start;
		region->bytes = resource_size(res);
		bound->nr_regions++;
	}
	return 0;
}

/* What "interrupt-names" says, or else the resource of the interrupt. */
static void platform_name_irqs(struct platform_device *pdev, struct platform_data *data)
{
	unsigned int i, nr = data->bound->nr_irqs;
	const struct resource *res;

	if (device_property_read_string_array(&pdev->dev, "interrupt-names", data->irq_names, nr) >
	    0)
		return;
	for (i = 0; i < nr; i++) {
		res = platform_get_resource(pdev, IORESOURCE_IRQ, i);
		/* An interrupt without a name has the device's. */
		if (res && res->name && strcmp(res->name, dev_name(&pdev->dev)))
			data->irq_names[i] = res->name;
	}
}

static int platform_own_irqs(struct platform_device *pdev, struct platform_data *data)
{
	struct procirq_platform_bound *bound = data->bound;
	unsigned int i;
	int err;

	for (i = 0; i < bound->nr_irqs; i++) {
		err = platform_get_irq(pdev, i);
		if (err < 0)
			return err;
		bound->irqs[i] = err;
	}
	/* Before the files, so that they can be opened as soon as they are there. */
	procirq_platform_add_bound(bound);
	for (i = 0; i < bound->nr_irqs; i++) {
		err = procirq_registry_own(bound->irqs[i]);
		if (err) {
			dev_err(&pdev->dev, "no file for interrupt %u (error %d)\n", bound->irqs[i],
				err);
			return err;
		}
		data->nr_owned++;
	}
	for (i = 0; i < bound->nr_irqs; i++) {
		err = procirq_devfile_add(&pdev->dev, i, bound->irqs[i], data->irq_names[i]);
		if (err) {
			dev_err(&pdev->dev, "no character device for interrupt %u (error %d)\n",
				bound->irqs[i], err);
			return err;
		}
	}
	return 0;
}

/* Readers get -ENODEV, and descriptors' release steps are run. */
static void platform_disown_irqs(struct device *dev, struct platform_data *data)
{
	struct procirq_platform_bound *bound = data->bound;

	procirq_devfile_remove_all(dev);
	if (!list_empty(&bound->node))
		procirq_platform_remove_bound(bound);
	while (data->nr_owned)
		procirq_registry_disown(bound->irqs[--data->nr_owned], bound);
}

/* The widths that the device takes, as far as that is known. */
static u8 platform_widths(struct device *dev)
{
	u32 bytes;

	if (device_property_read_u32(dev, "reg-io-width", &bytes) || !is_power_of_2(bytes) ||
	    !(bytes * 8 & WIDTHS_ALL))
		return 32;
	return bytes * 8;
}

static void platform_bound_put(void *bound)
{
	procirq_platform_put(bound);
}

/* Lives as long as the device is bound, and as long as a descriptor has it. */
static struct procirq_platform_bound *platform_bound_alloc(struct device *dev, unsigned int nr_irqs)
{
	struct procirq_platform_bound *bound;
	int err;

	bound = kzalloc(struct_size(bound, irqs, nr_irqs), GFP_KERNEL);
	if (!bound)
		return NULL;
	INIT_LIST_HEAD(&bound->node);
	kref_init(&bound->ref);
	bound->nr_irqs = nr_irqs;
	bound->widths = platform_widths(dev);
	err = devm_add_action_or_reset(dev, platform_bound_put, bound);
	return err ? NULL : bound;
}

static int procirq_platform_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct procirq_platform_bound *bound;
	struct platform_data *data;
	int nr = platform_irq_count(pdev);
	int err;

	if (nr < 0)
		return nr;
	if (!nr) {
		dev_err(dev, "has no interrupt\n");
		return -ENXIO;
	}
	bound = platform_bound_alloc(dev, nr);
	data = devm_kzalloc(dev, sizeof(*data), GFP_KERNEL);
	if (!bound || !data)
		return -ENOMEM;
	if (strscpy(bound->name, dev_name(dev), sizeof(bound->name)) < 0) {
		dev_err(dev, "its name is too long\n");
		return -ENAMETOOLONG;
	}
	data->bound = bound;
	data->irq_names = devm_kcalloc(dev, nr, sizeof(*data->irq_names), GFP_KERNEL);
	if (!data->irq_names)
		return -ENOMEM;
	platform_name_irqs(pdev, data);
	platform_set_drvdata(pdev, data);

	err = platform_power_on(dev);
	if (!err)
		err = platform_clocks_start(dev, data);
	if (!err)
		err = platform_take_regions(pdev, bound);
	if (err)
		return err;
	err = platform_own_irqs(pdev, data);
	if (!err)
		err = platform_add_files(pdev, data);
	if (err)
		platform_disown_irqs(dev, data);
	return err;
}

/* devres does the rest: power and clocks are on until then. */
static void procirq_platform_remove(struct platform_device *pdev)
{
	struct platform_data *data = platform_get_drvdata(pdev);

	platform_disown_irqs(&pdev->dev, data);
	sysfs_remove_group(&pdev->dev.kobj, &data->group);
}

static struct platform_driver procirq_platform_driver = {
	.driver = {
		.name = "procirq-platform",
	},
	.probe = procirq_platform_probe,
	.PROCIRQ_PLATFORM_REMOVE = procirq_platform_remove,
};

static void platform_free_ids(void)
{
	kfree(platform_of_ids);
	kfree(platform_acpi_ids);
}

/* Each word may be a compatible string, or the shorter ID of ACPI. Returns 0 or -EINVAL. */
static int platform_add_id(unsigned int number, const char *id)
{
	const struct of_device_id *of_id = &platform_of_ids[number];
	const struct acpi_device_id *acpi_id = platform_acpi_ids;

	if (number == COMPATIBLE_MAX ||
	    strscpy((char *)of_id->compatible, id, sizeof(of_id->compatible)) < 0) {
		pr_err("compatible=: \"%s\" is one word too many, or too long\n", id);
		return -EINVAL;
	}
	if (strlen(id) >= sizeof(acpi_id->id))
		return 0;
	while (acpi_id->id[0])
		acpi_id++;
	strscpy((char *)acpi_id->id, id, sizeof(acpi_id->id));
	return 0;
}

/* Returns 0, -EINVAL or -ENOMEM. */
static int platform_add_ids(void)
{
	char *words = kstrdup(compatible ?: "", GFP_KERNEL), *rest = words, *id;
	unsigned int nr = 0;
	int err = 0;

	platform_of_ids = kcalloc(COMPATIBLE_MAX + 1, sizeof(*platform_of_ids), GFP_KERNEL);
	platform_acpi_ids = kcalloc(COMPATIBLE_MAX + 1, sizeof(*platform_acpi_ids), GFP_KERNEL);
	if (!words || !platform_of_ids || !platform_acpi_ids)
		err = -ENOMEM;
	while (!err && (id = strsep(&rest, " ")))
		err = *id ? platform_add_id(nr++, id) : 0;
	kfree(words);
	return err;
}

/**
 * procirq_platform_init() - register procirq-platform
 *
 * Return: 0, -EINVAL for a wrong parameter, -ENOMEM, or the error of registering.
 */
int procirq_platform_init(void)
{
	int err = platform_add_ids();

	procirq_platform_driver.driver.of_match_table = platform_of_ids;
	procirq_platform_driver.driver.acpi_match_table = platform_acpi_ids;
	if (!err)
		err = platform_driver_register(&procirq_platform_driver);
	if (err)
		platform_free_ids();
	return err;
}

/* Undoes procirq_platform_init(); devices bound to procirq-platform are unbound. */
void procirq_platform_exit(void)
{
	platform_driver_unregister(&procirq_platform_driver);
	platform_free_ids();
}
