# SPDX-License-Identifier: GPL-3.0-or-later
# The boot code at 0x40 of the ROM, which runs in the RSP's memory: copies the program from the ROM to RAM and starts it.
# RAM is taken to be ready, as emulators have it.
    .set noreorder
    .section .boot, "ax"

    .set PI, 0xA4600000
    .set PI_DRAM_ADDRESS, 0x00
    .set PI_CART_ADDRESS, 0x04
    .set PI_WRITE_LENGTH, 0x0C
    .set PI_STATUS, 0x10
    .set PI_BUSY, 3
    .set PROGRAM_IN_ROM, 0x10001000

boot:
    lui     $t0, %hi(PI)
    la      $t1, program_start
    li      $t2, 0x1FFFFFFF
    and     $t2, $t1, $t2
    sw      $t2, PI_DRAM_ADDRESS($t0)
    li      $t2, PROGRAM_IN_ROM
    sw      $t2, PI_CART_ADDRESS($t0)
    la      $t2, program_size - 1
    sw      $t2, PI_WRITE_LENGTH($t0)
1:  lw      $t2, PI_STATUS($t0)
    andi    $t2, $t2, PI_BUSY
    bnez    $t2, 1b
    nop
    jr      $t1
    nop
