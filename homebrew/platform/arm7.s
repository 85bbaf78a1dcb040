@ SPDX-License-Identifier: GPL-3.0-or-later
@ ARM7 program: X and Y hang on a register that only the ARM7 can read, so each frame it copies
@ that register to the last bytes of main RAM. It wakes seven lines before the vertical blank, in which the
@ ARM9 reads the keys, so both see the keys of one and the same frame.

    .section .startup, "ax"
    .arm
    .global _start
_start:
    ldr     r4, =0x04000000
    mov     r0, #0
    str     r0, [r4, #0x208]            @ IME: halting needs no handler
    ldr     r0, =(185 << 8) | (1 << 5)
    strh    r0, [r4, #4]                @ DISPSTAT: request an interrupt at line 185
    mov     r5, #4
    str     r5, [r4, #0x210]            @ IE: line match
    ldr     r6, =0x04000136             @ EXTKEYIN
    ldr     r7, =0x027FFFA8
    add     r8, r4, #0x180
    ldr     r0, =0x8008
    strh    r0, [r8, #4]                @ IPCFIFOCNT: on, nothing to send
    mov     r9, #0x04100000             @ IPCFIFORECV
    add     r10, r4, #0x400             @ the sound registers
    add     r0, r4, #0x300
    mov     r1, #1
    strb    r1, [r0, #4]                @ POWCNT2: speakers
1:  str     r5, [r4, #0x214]            @ IF: acknowledge
    swi     0x060000                    @ halt
    ldrh    r0, [r6]
    strh    r0, [r7]
2:  ldrh    r0, [r8, #4]
    tst     r0, #0x100                  @ received all?
    bne     1b
    ldr     r0, [r9]
    mov     r1, r0, lsr #16
    strh    r0, [r10, r1]
    b       2b

    .pool
