// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/procirq/DEVICE/INDEX: an interrupt of a device that is bound to a driver of ours, as
 * a character device. Files that are opened by it behave as those of /proc/irq/N/irq, but
 * opening it takes no capability: its owner, group and mode decide, which udev can set when
 * it appears.
 *
 * It goes when the device is unbound. The files that were opened by it get -ENODEV then,
 * although the line may stay for other readers.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/xarray.h>

#include "compat.h"
#include "internal.h"

/* As many as there can be minors. */
#define DEVFILES_MAX (MINORMASK + 1)

/* struct procirq_devfile, by minor; devfiles_mutex, within which no other lock is taken. */
static DEFINE_XARRAY_ALLOC(devfiles);
static DEFINE_MUTEX(devfiles_mutex);
static dev_t devfiles_first;
static struct cdev devfiles_cdev;

static ssize_t irq_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct procirq_devfile *devfile = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", devfile->line->irq);
}
static DEVICE_ATTR_RO(irq);

static ssize_t index_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct procirq_devfile *devfile = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", devfile->index);
}
static DEVICE_ATTR_RO(index);

static ssize_t name_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct procirq_devfile *devfile = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", devfile->name);
}
static DEVICE_ATTR_RO(name);

/* irq: Linux interrupt number; index: the vector's; name: firmware's for it, or empty. */
static struct attribute *devfile_attrs[] = {
	&dev_attr_irq.attr,
	&dev_attr_index.attr,
	&dev_attr_name.attr,
	NULL,
};
ATTRIBUTE_GROUPS(devfile);

static char *devfile_devnode(PROCIRQ_DEVICE_CONST struct device *dev, umode_t *mode)
{
	const struct procirq_devfile *devfile = dev_get_drvdata(dev);

	return kasprintf(GFP_KERNEL, "procirq/%s/%u", dev_name(devfile->parent), devfile->index);
}

static int devfile_uevent(PROCIRQ_DEVICE_CONST struct device *dev, struct kobj_uevent_env *env)
{
	const struct procirq_devfile *devfile = dev_get_drvdata(dev);
	int err = add_uevent_var(env, "PROCIRQ_DEVICE=%s", dev_name(devfile->parent));

	if (!err)
		err = add_uevent_var(env, "PROCIRQ_INDEX=%u", devfile->index);
	if (!err)
		err = add_uevent_var(env, "PROCIRQ_IRQ=%u", devfile->line->irq);
	if (!err)
		err = add_uevent_var(env, "PROCIRQ_NAME=%s", devfile->name);
	return err;
}

/* Not "procirq": the devices have a folder of that name. */
static struct class devfile_class = {
	.name = "procirq-irq",
	.dev_groups = devfile_groups,
	.devnode = devfile_devnode,
	.dev_uevent = devfile_uevent,
};

static int devfile_open(struct inode *inode, struct file *file)
{
	struct procirq_devfile *devfile;
	int err;

	mutex_lock(&devfiles_mutex);
	devfile = xa_load(&devfiles, iminor(inode));
	if (devfile)
		kref_get(&devfile->ref);
	mutex_unlock(&devfiles_mutex);
	if (!devfile)
		return -ENXIO;
	err = procirq_file_open(inode, file, devfile->line, devfile);
	procirq_devfile_put(devfile);
	return err;
}

static const struct file_operations devfile_fops = {
	.owner = THIS_MODULE,
	.open = devfile_open,
};

/* With a reference; not in the table yet. Returns NULL without memory. */
static struct procirq_devfile *devfile_alloc(struct device *parent, unsigned int index,
					     struct procirq_line *line, const char *name)
{
	struct procirq_devfile *devfile = kzalloc(sizeof(*devfile), GFP_KERNEL);

	if (!devfile)
		return NULL;
	kref_init(&devfile->ref);
	devfile->parent = get_device(parent);
	devfile->index = index;
	devfile->line = line;
	/* A name that firmware made longer is cut. */
	strscpy(devfile->name, name ?: "", sizeof(devfile->name));
	return devfile;
}

static dev_t devfile_number(const struct procirq_devfile *devfile)
{
	return MKDEV(MAJOR(devfiles_first), devfile->minor);
}

/**
 * procirq_devfile_add() - make the character device of a bound device's interrupt
 * @parent: the device
 * @index: of the interrupt among the device's
 * @irq: Linux interrupt number; procirq_registry_own() was called
 * @name: of the interrupt, or NULL
 *
 * Context: may sleep.
 * Return: 0, or a negative errno; those that were made before stay.
 */
int procirq_devfile_add(struct device *parent, unsigned int index, unsigned int irq,
			const char *name)
{
	struct procirq_line *line = procirq_registry_get(irq);
	struct procirq_devfile *devfile;
	struct device *dev;
	int err;

	if (!line)
		return -ENODEV;
	devfile = devfile_alloc(parent, index, line, name);
	if (!devfile) {
		procirq_line_put(line);
		return -ENOMEM;
	}
	mutex_lock(&devfiles_mutex);
	err = xa_alloc(&devfiles, &devfile->minor, devfile, XA_LIMIT(0, DEVFILES_MAX - 1),
		       GFP_KERNEL);
	mutex_unlock(&devfiles_mutex);
	if (err)
		goto out_put;
	/* It may be opened from now on. */
	dev = device_create(&devfile_class, parent, devfile_number(devfile), devfile, "%s:%u",
			    dev_name(parent), index);
	if (!IS_ERR(dev))
		return 0;

	err = PTR_ERR(dev);
	mutex_lock(&devfiles_mutex);
	xa_erase(&devfiles, devfile->minor);
	mutex_unlock(&devfiles_mutex);
out_put:
	procirq_devfile_put(devfile);
	return err;
}

/*
 * Its files end: readers get -ENODEV. The minor is free only when the device that has it is
 * gone.
 */
static void devfile_remove(struct procirq_devfile *devfile)
{
	device_destroy(&devfile_class, devfile_number(devfile));
	mutex_lock(&devfiles_mutex);
	xa_erase(&devfiles, devfile->minor);
	mutex_unlock(&devfiles_mutex);
	WRITE_ONCE(devfile->gone, true); /* see line_is_gone() */
	procirq_line_revoke_devfile(devfile->line, devfile);
	procirq_devfile_put(devfile);
}

/* Returns a file of the device's, which nobody but the caller removes, or NULL. */
static struct procirq_devfile *devfile_find(const struct device *parent)
{
	struct procirq_devfile *found = NULL, *devfile;
	unsigned long minor;

	mutex_lock(&devfiles_mutex);
	xa_for_each(&devfiles, minor, devfile) {
		if (devfile->parent != parent)
			continue;
		found = devfile;
		break;
	}
	mutex_unlock(&devfiles_mutex);
	return found;
}

/**
 * procirq_devfile_remove_all() - undo procirq_devfile_add() for all interrupts of a device
 * @parent: the device, which is being unbound; it is not bound again meanwhile
 *
 * Context: may sleep. The caller gives up the interrupts next.
 */
void procirq_devfile_remove_all(const struct device *parent)
{
	struct procirq_devfile *devfile;

	while ((devfile = devfile_find(parent)))
		devfile_remove(devfile);
}

/* Returns 0, or the error of registering. */
int procirq_devfile_init(void)
{
	int err = class_register(&devfile_class);

	if (err)
		return err;
	err = alloc_chrdev_region(&devfiles_first, 0, DEVFILES_MAX, "procirq");
	if (err)
		goto out_class;
	cdev_init(&devfiles_cdev, &devfile_fops);
	devfiles_cdev.owner = THIS_MODULE;
	err = cdev_add(&devfiles_cdev, devfiles_first, DEVFILES_MAX);
	if (!err)
		return 0;

	unregister_chrdev_region(devfiles_first, DEVFILES_MAX);
out_class:
	class_unregister(&devfile_class);
	return err;
}

/* Undoes procirq_devfile_init(); no device is bound any more. */
void procirq_devfile_exit(void)
{
	cdev_del(&devfiles_cdev);
	unregister_chrdev_region(devfiles_first, DEVFILES_MAX);
	class_unregister(&devfile_class);
}
