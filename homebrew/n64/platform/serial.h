/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Controllers and EEPROM, behind the serial interface.
 */
#ifndef SERIAL_H
#define SERIAL_H

void serial_initialise(void);
/* Takes the pads that were asked for last into gControllers, and asks anew. */
void serial_read_pads(void);

#endif
