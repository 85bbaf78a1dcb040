@ SPDX-License-Identifier: GPL-3.0-or-later
@ ARM9 entry: caches, protection regions and stack, then main.

    .section .startup, "ax"
    .arm
    .global _start
_start:
    @ Interrupts stay masked for good: the main loop halts until one is requested and acknowledges it itself.
    msr     cpsr_c, #0xDF
    ldr     r12, =0x04000000
    str     r12, [r12, #0x208]

    @ Caches and protection off while they are set up.
    ldr     r0, =0x00002078
    mcr     p15, 0, r0, c1, c0, 0
    mov     r0, #0
    mcr     p15, 0, r0, c7, c5, 0
    mcr     p15, 0, r0, c7, c6, 0
    mcr     p15, 0, r0, c7, c10, 4

    @ DTCM 16 KiB at 0x027E0000, ITCM over the first 32 MiB.
    ldr     r0, =0x027E000A
    mcr     p15, 0, r0, c9, c1, 0
    mov     r0, #0x20
    mcr     p15, 0, r0, c9, c1, 1

    @ Regions: registers and video memory, main RAM (the only cached one), its mirror (shared with the ARM7), BIOS.
    ldr     r0, =0x04000033
    mcr     p15, 0, r0, c6, c0, 0
    ldr     r0, =0x0200002B
    mcr     p15, 0, r0, c6, c1, 0
    ldr     r0, =0x0240002B
    mcr     p15, 0, r0, c6, c2, 0
    ldr     r0, =0xFFFF001D
    mcr     p15, 0, r0, c6, c3, 0
    mov     r0, #0
    mcr     p15, 0, r0, c6, c4, 0
    mcr     p15, 0, r0, c6, c5, 0
    mcr     p15, 0, r0, c6, c6, 0
    mcr     p15, 0, r0, c6, c7, 0
    mov     r0, #0x02
    mcr     p15, 0, r0, c2, c0, 0
    mcr     p15, 0, r0, c2, c0, 1
    mcr     p15, 0, r0, c3, c0, 0
    ldr     r0, =0x33333333
    mcr     p15, 0, r0, c5, c0, 2
    mcr     p15, 0, r0, c5, c0, 3
    ldr     r0, =0x0005307D
    mcr     p15, 0, r0, c1, c0, 0

    ldr     sp, =0x027E4000

    ldr     r0, =__bss_start
    ldr     r1, =__bss_end
    mov     r2, #0
1:  cmp     r0, r1
    strlo   r2, [r0], #4
    blo     1b

    bl      main
2:  b       2b

    .pool

    .text
    .global wait_for_interrupt
wait_for_interrupt:
    mov     r0, #0
    mcr     p15, 0, r0, c7, c0, 4
    bx      lr

    @ void gx_submit(const u32 *words, u32 count): count is a multiple of 8; the FIFO port is mirrored over 16 words.
    .global gx_submit
gx_submit:
    stmfd   sp!, {r4-r10, lr}
    ldr     r2, =0x04000400
1:  subs    r1, r1, #8
    ldmgeia r0!, {r3-r10}
    stmgeia r2, {r3-r10}
    bgt     1b
    ldmfd   sp!, {r4-r10, pc}

    @ void copy_blocks(void *target, const void *source, size_t size): words, size a multiple of 32.
    .global copy_blocks
copy_blocks:
    stmfd   sp!, {r4-r10, lr}
1:  subs    r2, r2, #32
    ldmgeia r1!, {r3-r10}
    stmgeia r0!, {r3-r10}
    bgt     1b
    ldmfd   sp!, {r4-r10, pc}

    .pool
