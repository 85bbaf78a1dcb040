# SPDX-License-Identifier: GPL-3.0-or-later
# Entry point, exception vector and the wait for the vertical interrupt, which is the only interrupt that is enabled.
    .set noreorder
    .set noat

    .set STATUS_INTERRUPTS, 0x20000401      # FPU, the RCP's interrupt, enabled
    .set STATUS_QUIET, 0x20000400
    .set VECTOR, 0xA0000180
    .set VI, 0xA4400000
    .set VI_CURRENT, 0x10
    .set FLUSH_DENORMALS, 0x01000000

    .section .start, "ax"
    .globl start
start:
    la      $sp, stack_top
    li      $t0, STATUS_QUIET
    mtc0    $t0, $12
    nop
    li      $t0, FLUSH_DENORMALS
    ctc1    $t0, $31
    # Clear everything that is not in the ROM: the program's own memory and that of Mario Kart 64.
    la      $t0, clear_start
    la      $t1, clear_end
1:  sw      $zero, 0($t0)
    sw      $zero, 4($t0)
    sw      $zero, 8($t0)
    addiu   $t0, $t0, 16
    bne     $t0, $t1, 1b
    sw      $zero, -4($t0)
    la      $t0, exception
    la      $t1, exception_end
    li      $t2, VECTOR
2:  lw      $t3, 0($t0)
    sw      $t3, 0($t2)
    addiu   $t0, $t0, 4
    bne     $t0, $t1, 2b
    addiu   $t2, $t2, 4
    j       main
    nop

# Acknowledges the interrupt, counts it, and ends the wait if the processor was in it.
exception:
    lui     $k0, %hi(VI)
    sw      $zero, VI_CURRENT($k0)
    lui     $k0, %hi(vertical_interrupts)
    lw      $k1, %lo(vertical_interrupts)($k0)
    addiu   $k1, $k1, 1
    sw      $k1, %lo(vertical_interrupts)($k0)
    mfc0    $k0, $14
    la      $k1, wait_begin
    subu    $k0, $k0, $k1
    sltiu   $k0, $k0, wait_end - wait_begin
    beqz    $k0, 1f
    addiu   $k1, $k1, wait_end - wait_begin
    mtc0    $k1, $14
    nop
1:  eret
exception_end:

    .text
# u32 wait_for_vertical_interrupt(u32 seen): returns how many there were once there are more than `seen`. Emulators skip
# a branch to itself.
    .globl wait_for_vertical_interrupt
wait_for_vertical_interrupt:
    lui     $t0, %hi(vertical_interrupts)
    lw      $v0, %lo(vertical_interrupts)($t0)
    li      $t1, STATUS_INTERRUPTS
    bne     $v0, $a0, 2f
    nop
wait_begin:
    mtc0    $t1, $12
1:  b       1b
    nop
wait_end:
    li      $t1, STATUS_QUIET
    mtc0    $t1, $12
    nop
    lw      $v0, %lo(vertical_interrupts)($t0)
2:  jr      $ra
    nop

    .section .bss
    .balign 4
    .globl vertical_interrupts
vertical_interrupts:
    .space  4
