// SPDX-License-Identifier: GPL-2.0-or-later
// A device that firmware describes: a page of memory that nobody has, and an interrupt
// of the IO-APIC that nobody raises, with a name.
DefinitionBlock ("", "SSDT", 2, "PRCIRQ", "BOARD", 1)
{
	Scope (\_SB)
	{
		Device (PRCQ)
		{
			Name (_HID, "PRCQ0001")
			Name (_CRS, ResourceTemplate ()
			{
				Memory32Fixed (ReadWrite, 0xFED80000, 0x1000)
				Interrupt (ResourceConsumer, Edge, ActiveHigh, Exclusive) { 10 }
			})
			Name (_DSD, Package ()
			{
				ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
				Package ()
				{
					Package () { "interrupt-names", Package () { "alarm" } },
					Package () { "reg-io-width", 1 }
				}
			})
		}
	}
}
