// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device descriptors: register accesses ("steps"), described by user space, that ask
 * a PCI function or a platform device whether it has interrupted, acknowledge its
 * interrupt and silence it. All steps are checked against the device before any is run.
 *
 * Steps run with action->lock held, also in hard interrupt context. Only
 * procirq_device_alloc() and procirq_device_free() may sleep. The PCI core guards
 * configuration space with a raw lock.
 *
 * A platform device that is unbound loses its clock and its power, and a step would stop
 * the kernel. So its handlers are detached before: see procirq_line_set_device().
 */
#include <linux/bitops.h>
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/pci.h>
#include <linux/security.h>
#include <linux/slab.h>

#include "internal.h"

/**
 * struct device_step - a struct procirq_step that was checked; immutable
 * @op: PROCIRQ_OP_*
 * @width: bits
 * @mapped: the register is in a BAR or a region; else in configuration space
 * @bar: number of the BAR or the region
 * @page: the mapped page of the register, if this is the first step that uses it
 * @at: mapped address of a register in a BAR or a region
 * @offset: of the register in the BAR, in the region or in configuration space
 * @mask: see PROCIRQ_OP_*
 * @value: see PROCIRQ_OP_*
 */
struct device_step {
	u8 op;
	u8 width;
	bool mapped;
	u8 bar;
	void __iomem *page;
	void __iomem *at;
	u32 offset;
	u32 mask;
	u32 value;
};

enum device_phase { CHECK, ACK, SILENCE, RESUME, RELEASE, PHASES };

/**
 * struct procirq_device - a device, and what is done to it at which phase
 * @pdev: PCI function, kept enabled by procirq_pci_get_enabled_function(); NULL for a
 *	platform device; immutable
 * @bound: platform device, with a reference; NULL for a PCI function; immutable
 * @needed: PCI_COMMAND_MEMORY and PCI_COMMAND_IO, if a BAR needs them; immutable
 * @intx: PROCIRQ_DESC_INTX: there are no steps; immutable
 * @tests: at least one check step is a test; immutable
 * @silenced: with @intx: the device is not to interrupt. The interrupt disable bit is
 *	set, or device_check_intx() sets it when the device interrupts; action->lock
 * @ended: nothing resumes the device any more; action->lock
 * @status: the word that the first step of the last check read; action->lock
 * @first: index of each phase's first step; that of the next phase is its end;
 *	immutable
 * @nr_steps: length of @steps; immutable
 * @steps: the steps of all phases; immutable
 */
struct procirq_device {
	struct pci_dev *pdev;
	struct procirq_platform_bound *bound;
	u16 needed;
	bool intx;
	bool tests;
	bool silenced;
	bool ended;
	u32 status;
	u8 first[PHASES + 1];
	u8 nr_steps;
	struct device_step steps[];
};

static u32 step_ones(const struct device_step *step)
{
	return GENMASK(step->width - 1, 0);
}

static u32 step_read(const struct procirq_device *device, const struct device_step *step)
{
	u32 word = 0;
	u16 half;
	u8 byte;

	switch (step->width) {
	case 8:
		if (step->mapped)
			return ioread8(step->at);
		pci_read_config_byte(device->pdev, step->offset, &byte);
		return byte;
	case 16:
		if (step->mapped)
			return ioread16(step->at);
		pci_read_config_word(device->pdev, step->offset, &half);
		return half;
	default:
		if (step->mapped)
			return ioread32(step->at);
		pci_read_config_dword(device->pdev, step->offset, &word);
		return word;
	}
}

static void step_write(const struct procirq_device *device, const struct device_step *step,
		       u32 word)
{
	switch (step->width) {
	case 8:
		if (step->mapped)
			iowrite8(word, step->at);
		else
			pci_write_config_byte(device->pdev, step->offset, word);
		break;
	case 16:
		if (step->mapped)
			iowrite16(word, step->at);
		else
			pci_write_config_word(device->pdev, step->offset, word);
		break;
	default:
		if (step->mapped)
			iowrite32(word, step->at);
		else
			pci_write_config_dword(device->pdev, step->offset, word);
	}
}

static void device_run(const struct procirq_device *device, enum device_phase phase)
{
	const struct device_step *step = &device->steps[device->first[phase]];
	const struct device_step *end = &device->steps[device->first[phase + 1]];

	for (; step < end; step++) {
		switch (step->op) {
		case PROCIRQ_OP_WRITE:
			step_write(device, step, step->value);
			break;
		case PROCIRQ_OP_WRITE_STATUS:
			step_write(device, step, (device->status & step->mask) | step->value);
			break;
		case PROCIRQ_OP_SET:
			step_write(device, step, step_read(device, step) | step->value);
			break;
		case PROCIRQ_OP_CLEAR:
			step_write(device, step, step_read(device, step) & ~step->value);
			break;
		case PROCIRQ_OP_READ:
			step_read(device, step);
			break;
		}
	}
}

static bool step_says_yes(const struct device_step *step, u32 word)
{
	switch (step->op) {
	case PROCIRQ_OP_TEST_ANY:
		return word & step->mask;
	case PROCIRQ_OP_TEST_EQ:
		return (word & step->mask) == step->value;
	default:
		return true;
	}
}

/*
 * The interrupt disable bit is in the command register, whose other bits programs and
 * drivers write. The PCI core changes it with its lock held, so that no such write is
 * lost; but it masks only while an interrupt is pending, and unmasks only while none is.
 * While none is pending, the device is silent anyway: device_check_intx() masks it when
 * that changes. Caller holds action->lock.
 */
static void intx_silence(struct procirq_device *device)
{
	device->silenced = true;
	pci_check_and_mask_intx(device->pdev);
}

/*
 * Reads command and status register, which are one word of configuration space. Returns
 * whether an interrupt is pending in the device, silenced or not.
 */
static bool intx_pending(const struct procirq_device *device, u32 *word)
{
	pci_read_config_dword(device->pdev, PCI_COMMAND, word);
	/* All registers of a device that is gone read as ones. */
	return *word & PCI_STATUS_INTERRUPT << 16 && *word != U32_MAX;
}

/*
 * Returns false if an interrupt is pending: the device stays silenced. A device that is
 * gone needs no more. Caller holds action->lock.
 */
static bool intx_resume(struct procirq_device *device)
{
	u32 word;

	device->silenced = !pci_check_and_unmask_intx(device->pdev);
	if (device->silenced && !intx_pending(device, &word) && word == U32_MAX)
		device->silenced = false;
	return !device->silenced;
}

/*
 * Whether the device responds to accesses of its BARs: it is present, decodes memory
 * or I/O as needed, and is in power state D0. If not, its registers read as ones.
 * A platform device does as long as it is bound.
 */
static bool device_decodes(const struct procirq_device *device)
{
	struct pci_dev *pdev = device->pdev;
	u16 command, power = 0;

	if (!pdev)
		return true;
	if (!pci_device_is_present(pdev))
		return false;
	pci_read_config_word(pdev, PCI_COMMAND, &command);
	if (pdev->pm_cap)
		pci_read_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL, &power);
	return (command & device->needed) == device->needed && !(power & PCI_PM_CTRL_STATE_MASK);
}

static enum procirq_check device_check_intx(struct procirq_device *device, u32 *status)
{
	if (!intx_pending(device, status) || *status & PCI_COMMAND_INTX_DISABLE)
		return PROCIRQ_CHECK_NONE;
	if (likely(!device->silenced))
		return PROCIRQ_CHECK_INTERRUPT;
	/* No interrupt was pending when it was silenced; or somebody has cleared the bit. */
	pci_check_and_mask_intx(device->pdev);
	return PROCIRQ_CHECK_SILENCED;
}

/**
 * procirq_device_check() - ask a device whether it has interrupted
 * @device: its check steps are run; if it has interrupted, its ack steps too
 * @status: set to the word that the first step of the check read
 *
 * Context: action->lock held, hard interrupt context.
 * Return: whether the device has interrupted, and whether it may.
 */
enum procirq_check procirq_device_check(struct procirq_device *device, u32 *status)
{
	const struct device_step *step = &device->steps[device->first[CHECK]];
	const struct device_step *end = &device->steps[device->first[ACK]];
	const struct device_step *first = step;
	bool gone = true;
	u32 word;

	if (device->intx)
		return device_check_intx(device, status);

	for (; step < end; step++) {
		word = step_read(device, step);
		if (step == first)
			device->status = word;
		gone &= word == step_ones(step);
		if (!step_says_yes(step, word))
			return PROCIRQ_CHECK_NONE;
	}
	if (unlikely(gone) && !device_decodes(device))
		return PROCIRQ_CHECK_NONE;
	*status = device->status;
	device_run(device, ACK);
	return PROCIRQ_CHECK_INTERRUPT;
}

/**
 * procirq_device_is_waiting() - ask a device whether it wants to interrupt
 * @device: only its check steps are run
 *
 * Context: action->lock held.
 * Return: whether it has raised an interrupt that was not acknowledged.
 */
bool procirq_device_is_waiting(struct procirq_device *device)
{
	const struct device_step *step = &device->steps[device->first[CHECK]];
	const struct device_step *end = &device->steps[device->first[ACK]];
	bool gone = true;
	u32 word;

	if (device->intx)
		return intx_pending(device, &word);
	for (; step < end; step++) {
		word = step_read(device, step);
		gone &= word == step_ones(step);
		if (!step_says_yes(step, word))
			return false;
	}
	return !gone || device_decodes(device);
}

/**
 * procirq_device_silence() - keep a device from interrupting
 * @device: its silence steps are run
 *
 * Context: action->lock held.
 */
void procirq_device_silence(struct procirq_device *device)
{
	if (device->intx)
		intx_silence(device);
	else
		device_run(device, SILENCE);
}

/**
 * procirq_device_resume() - let a device interrupt again
 * @device: its resume steps are run
 *
 * Context: action->lock held.
 * Return: false if the device stays silenced, because an interrupt of it is pending: the
 * caller takes that by procirq_device_recheck(), as if it came now.
 */
bool procirq_device_resume(struct procirq_device *device)
{
	if (device->ended)
		return true;
	if (device->intx)
		return intx_resume(device);
	device_run(device, RESUME);
	return true;
}

/**
 * procirq_device_recheck() - ask a device that stays silenced whether it has interrupted
 * @device: procirq_device_resume() has returned false
 * @status: as procirq_device_check()
 *
 * Context: action->lock held.
 * Return: whether an interrupt is still pending.
 */
bool procirq_device_recheck(const struct procirq_device *device, u32 *status)
{
	return intx_pending(device, status);
}

/* Silences the device for good. Caller holds action->lock. */
void procirq_device_release(struct procirq_device *device)
{
	if (device->intx)
		intx_silence(device);
	else
		device_run(device, RELEASE);
}

/* From now on nothing resumes the device. Caller holds action->lock. */
void procirq_device_end(struct procirq_device *device)
{
	device->ended = true;
	device->silenced = true;
}

/**
 * procirq_device_disable() - set the interrupt disable bit if no interrupt is pending, too
 * @device: procirq_device_end() was called; nothing is done without PROCIRQ_DESC_INTX
 *
 * The PCI core has no function for this that is safe: pci_intx() writes the whole command
 * register without a lock, and on a managed device leaves it to devres to undo that. So
 * this writes only the byte with the bit, which bus mastering and decoding are not in,
 * and keeps programs from configuration space meanwhile. If that is locked already,
 * its owner keeps them from it.
 *
 * Context: the handler is attached; no raw lock held, because unlocking wakes up programs.
 */
void procirq_device_disable(struct procirq_device *device)
{
	struct pci_dev *pdev = device->pdev;
	bool locked;
	u8 high;

	if (!device->intx)
		return;
	locked = pci_cfg_access_trylock(pdev);
	pci_read_config_byte(pdev, PCI_COMMAND + 1, &high);
	if (!(high & (PCI_COMMAND_INTX_DISABLE >> 8)))
		pci_write_config_byte(pdev, PCI_COMMAND + 1, high | PCI_COMMAND_INTX_DISABLE >> 8);
	if (locked)
		pci_cfg_access_unlock(pdev);
}

/* Whether procirq_device_silence() does anything. */
bool procirq_device_silences(const struct procirq_device *device)
{
	return device->intx || device->first[SILENCE] < device->first[RESUME];
}

/* Whether the check ends the interrupt: the device is acknowledged. */
bool procirq_device_deasserts(const struct procirq_device *device)
{
	return device->first[ACK] < device->first[SILENCE];
}

/*
 * Whether an interrupt of this device on a level line ends: the check tells it from
 * others' interrupts, and the device is acknowledged or silenced.
 */
bool procirq_device_ends_interrupts(const struct procirq_device *device)
{
	return device->intx || (device->tests && (procirq_device_deasserts(device) ||
						  procirq_device_silences(device)));
}

/* The PCI function, which stays enabled until procirq_device_free(); NULL if it is none. */
const struct pci_dev *procirq_device_pdev(const struct procirq_device *device)
{
	return device->pdev;
}

/* The platform device, or NULL. */
const struct procirq_platform_bound *procirq_device_bound(const struct procirq_device *device)
{
	return device->bound;
}

/* The function's PCI address, or the platform device's name. */
const char *procirq_device_name(const struct procirq_device *device)
{
	return device->bound ? device->bound->name : pci_name(device->pdev);
}

static bool step_op_fits(const struct procirq_step *step, enum device_phase phase)
{
	switch (step->op) {
	case PROCIRQ_OP_TEST_ANY:
		return phase == CHECK && step->mask && !step->value;
	case PROCIRQ_OP_TEST_EQ:
		return phase == CHECK && step->mask && !(step->value & ~step->mask);
	case PROCIRQ_OP_WRITE:
	case PROCIRQ_OP_SET:
	case PROCIRQ_OP_CLEAR:
		return phase != CHECK && !step->mask;
	case PROCIRQ_OP_WRITE_STATUS:
		/* Only these phases follow a check. */
		return phase == ACK || phase == SILENCE;
	case PROCIRQ_OP_READ:
		return !step->mask && !step->value;
	default:
		return false;
	}
}

/* Returns the size of the step's region, bytes, or an errno. */
static long step_room_platform(const struct procirq_platform_bound *bound,
			       const struct procirq_step *step)
{
	if (step->space != PROCIRQ_SPACE_REGION)
		return -EINVAL;
	if (step->bar >= bound->nr_regions)
		return -ENOENT;
	if (!(READ_ONCE(bound->widths) & step->width))
		return -EPROTOTYPE;
	return min_t(resource_size_t, bound->regions[step->bar].bytes, LONG_MAX);
}

/* Returns the size of the step's BAR or configuration space, bytes, or an errno. */
static long step_room_pci(const struct pci_dev *pdev, const struct procirq_step *step)
{
	unsigned long flags;
	u16 command, needed;

	if (step->space == PROCIRQ_SPACE_CONFIG)
		return step->bar ? -EINVAL : pdev->cfg_size;
	if (step->space != PROCIRQ_SPACE_BAR || step->bar >= PCI_STD_NUM_BARS)
		return -EINVAL;
	flags = pci_resource_flags(pdev, step->bar);
	if (!pci_resource_len(pdev, step->bar) || flags & IORESOURCE_UNSET)
		return -ENOENT;
	needed = flags & IORESOURCE_IO ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
	pci_read_config_word((struct pci_dev *)pdev, PCI_COMMAND, &command);
	if (!(command & needed))
		return -ENETDOWN;
	return min_t(resource_size_t, pci_resource_len(pdev, step->bar), LONG_MAX);
}

/* Steps use the BAR: the device has to decode it. */
static void device_use(struct procirq_device *device, unsigned int bar)
{
	bool io;

	if (device->bound)
		return;
	io = pci_resource_flags(device->pdev, bar) & IORESOURCE_IO;
	device->needed |= io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
}

/*
 * Where the register is, counted from the start of the BAR, or of the page in which the
 * region starts.
 */
static resource_size_t step_place(const struct procirq_device *device, u8 bar, u32 offset)
{
	return device->bound ? offset_in_page(device->bound->regions[bar].start) + offset : offset;
}

/* Checks one step against the device. */
static int step_make(struct procirq_device *device, enum device_phase phase,
		     const struct procirq_step *from, struct device_step *step)
{
	long room;

	if (from->width != 8 && from->width != 16 && from->width != 32)
		return -EMSGSIZE;
	if (!step_op_fits(from, phase))
		return -EINVAL;
	room = device->bound ? step_room_platform(device->bound, from) :
			       step_room_pci(device->pdev, from);
	if (room < 0)
		return room;
	if (from->offset % (from->width / 8) ||
	    step_place(device, from->bar, from->offset) % (from->width / 8))
		return -EADDRNOTAVAIL;
	if ((long)from->offset + from->width / 8 > room)
		return -ERANGE;

	step->op = from->op;
	step->width = from->width;
	step->offset = from->offset;
	step->mask = from->mask;
	step->value = from->value;
	if ((from->mask | from->value) & ~step_ones(step))
		return -EINVAL;
	device->tests |= from->op == PROCIRQ_OP_TEST_ANY || from->op == PROCIRQ_OP_TEST_EQ;
	if (from->space != PROCIRQ_SPACE_CONFIG) {
		step->mapped = true;
		step->bar = from->bar;
		device_use(device, from->bar);
	}
	return 0;
}

/* The page of a BAR or a region that has the step's register, counted as step_place(). */
static resource_size_t device_page_place(const struct procirq_device *device,
					 const struct device_step *step)
{
	return step_place(device, step->bar, step->offset) & PAGE_MASK;
}

/* That page, mapped, if a step before @end uses it, else NULL. */
static void __iomem *device_page(const struct procirq_device *device, const struct device_step *end)
{
	const struct device_step *step;

	for (step = device->steps; step < end; step++)
		if (step->page && step->bar == end->bar &&
		    device_page_place(device, step) == device_page_place(device, end))
			return step->page;
	return NULL;
}

/* Maps that page. */
static void __iomem *device_map_page(const struct procirq_device *device,
				     const struct device_step *step)
{
	resource_size_t place = device_page_place(device, step);

	if (!device->bound)
		return pci_iomap_range(device->pdev, step->bar, place, PAGE_SIZE);
	place += device->bound->regions[step->bar].start & PAGE_MASK;
	return ioremap(place, PAGE_SIZE);
}

/*
 * Maps those pages of the BARs or regions that steps use. No more is mapped, because
 * programs may have mapped other parts of them with other attributes. A register is in one
 * page.
 */
static int device_map(struct procirq_device *device, const struct device_step *end)
{
	struct device_step *step;
	void __iomem *page;

	for (step = device->steps; step < end; step++) {
		if (!step->mapped)
			continue;
		page = device_page(device, step);
		if (!page) {
			page = device_map_page(device, step);
			step->page = page;
		}
		if (!page)
			return -ENOMEM;
		step->at = page + offset_in_page(step_place(device, step->bar, step->offset));
	}
	return 0;
}

static int device_make(struct procirq_device *device, const struct procirq_descriptor *from)
{
	const u8 count[PHASES] = {
		[CHECK] = from->nr_check,     [ACK] = from->nr_ack,
		[SILENCE] = from->nr_silence, [RESUME] = from->nr_resume,
		[RELEASE] = from->nr_release,
	};
	enum device_phase phase;
	unsigned int i = 0, n;
	int err;

	for (phase = CHECK; phase < PHASES; phase++) {
		device->first[phase] = i;
		for (n = 0; n < count[phase]; n++, i++) {
			err = step_make(device, phase, &from->steps[i], &device->steps[i]);
			if (err)
				return err;
		}
	}
	device->first[PHASES] = i;
	return device_map(device, &device->steps[i]);
}

/* Whether it names a PCI function, or a platform device, and not both. */
static bool descriptor_names_one(const struct procirq_descriptor *from)
{
	size_t len = strnlen(from->platform, sizeof(from->platform));

	if (memchr_inv(from->platform + len, 0, sizeof(from->platform) - len))
		return false;
	if (!(from->flags & PROCIRQ_DESC_PLATFORM))
		return !len;
	return len && len < sizeof(from->platform) && !(from->flags & PROCIRQ_DESC_INTX) &&
	       !from->domain && !from->bus && !from->devfn;
}

/*
 * Whether a program without privilege may describe the device: it has opened the device's
 * own file, and describes no registers but the command register's bit, which the PCI core
 * handles.
 */
static bool descriptor_is_of_file(const struct procirq_descriptor *from,
				  const struct procirq_devfile *devfile)
{
	const struct pci_dev *pdev;

	if (!(from->flags & PROCIRQ_DESC_INTX))
		return false;
	if (!devfile || !dev_is_pci(devfile->parent))
		return false;
	pdev = to_pci_dev(devfile->parent);
	return pci_domain_nr(pdev->bus) == from->domain && pdev->bus->number == from->bus &&
	       pdev->devfn == from->devfn;
}

/* Returns the number of steps, or a negative errno. */
static int descriptor_check(const struct procirq_descriptor *from,
			    const struct procirq_devfile *devfile)
{
	unsigned int nr = from->nr_check + from->nr_ack + from->nr_silence + from->nr_resume +
			  from->nr_release;

	if (from->flags & ~(PROCIRQ_DESC_INTX | PROCIRQ_DESC_PLATFORM) || nr > PROCIRQ_STEPS_MAX ||
	    memchr_inv(from->reserved, 0, sizeof(from->reserved)) ||
	    memchr_inv(&from->steps[nr], 0, (PROCIRQ_STEPS_MAX - nr) * sizeof(from->steps[0])))
		return -EINVAL;
	if (!descriptor_names_one(from))
		return -EINVAL;
	/* Without a check, the device would claim every interrupt of the line. */
	if (from->flags & PROCIRQ_DESC_INTX ? nr : !from->nr_check)
		return -EINVAL;
	if (!descriptor_is_of_file(from, devfile) && !capable(CAP_SYS_RAWIO))
		return -EPERM;
	if (security_locked_down(from->flags & PROCIRQ_DESC_PLATFORM ? LOCKDOWN_DEV_MEM :
								       LOCKDOWN_PCI_ACCESS))
		return -EPERM;
	return nr;
}

/* Finds the device, and keeps it. Returns 0 or a negative errno. */
static int device_find(struct procirq_device *device, const struct procirq_line *line,
		       const struct procirq_descriptor *from)
{
	struct procirq_platform_bound *bound;
	struct pci_dev *pdev;
	int err;

	if (from->flags & PROCIRQ_DESC_PLATFORM) {
		bound = procirq_platform_get(from->platform, line->irq);
		if (IS_ERR(bound))
			return PTR_ERR(bound);
		device->bound = bound;
		return 0;
	}
	pdev = pci_get_domain_bus_and_slot(from->domain, from->bus, from->devfn);
	err = pdev ? procirq_pci_get_enabled_function(pdev, line->irq, line->msi_dev) : -ENXIO;
	if (err) {
		pci_dev_put(pdev);
		return err;
	}
	device->pdev = pdev;
	if (device->intx && line->msi_dev)
		return -EXDEV;
	return device->intx && pdev->broken_intx_masking ? -EOPNOTSUPP : 0;
}

/**
 * procirq_device_alloc() - check a descriptor, and keep its PCI function enabled
 * @line: the line that the device must interrupt on
 * @from: the descriptor, from user space; not trusted
 * @devfile: what the reader's file was opened by, or NULL
 *
 * Context: may sleep; on failure may take the function's device lock.
 * Return: the device, for procirq_device_free(), or an error that uapi/procirq.h
 * lists at struct procirq_descriptor.
 */
struct procirq_device *procirq_device_alloc(const struct procirq_line *line,
					    const struct procirq_descriptor *from,
					    const struct procirq_devfile *devfile)
{
	struct procirq_device *device;
	int err, nr;

	nr = descriptor_check(from, devfile);
	if (nr < 0)
		return ERR_PTR(nr);
	device = kzalloc(struct_size(device, steps, nr), GFP_KERNEL_ACCOUNT);
	if (!device)
		return ERR_PTR(-ENOMEM);
	device->intx = from->flags & PROCIRQ_DESC_INTX;
	device->nr_steps = nr;
	err = device_find(device, line, from);
	if (!err)
		err = device_make(device, from);
	if (!err)
		return device;
	procirq_device_free(device);
	return ERR_PTR(err);
}

/*
 * Undoes procirq_device_alloc(). The handler is detached. May sleep, may take the
 * function's device lock.
 */
void procirq_device_free(struct procirq_device *device)
{
	const struct device_step *end = &device->steps[device->nr_steps];
	const struct device_step *step;

	for (step = device->steps; step < end; step++) {
		if (step->page && device->bound)
			iounmap(step->page);
		else if (step->page)
			pci_iounmap(device->pdev, step->page);
	}
	procirq_pci_put_enabled(device->pdev);
	procirq_platform_put(device->bound);
	kfree(device);
}
