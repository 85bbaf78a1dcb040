/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Controllers, their pak and the EEPROM, behind the serial interface.
 */
#ifndef SERIAL_H
#define SERIAL_H

/* Starts to read the pads; nothing else may use the interface until they are taken. */
void serial_request_pads(void);
/* Takes the pads that were requested into gControllers. */
void serial_take_pads(void);

#endif
