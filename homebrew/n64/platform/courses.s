# SPDX-License-Identifier: GPL-3.0-or-later
# The course files, by the id of the real course that has its place in the cups.
    .section .rodata
    .macro course label, file
    .balign 16
course_\label:
    .incbin "courses/built/\file\().course"
    .endm

    course  lantern_loop, "lantern-loop"
    course  amber_oval, "amber-oval"
    course  cobble_coil, "cobble-coil"
    course  clover_cut, "clover-cut"
    course  ridgeback_leap, "ridgeback-leap"

    .balign 4
    .globl  course_files
course_files:
    .word   0, 0, 0, 0, 0, 0
    .word   course_cobble_coil      # 6
    .word   0
    .word   course_lantern_loop     # 8
    .word   course_amber_oval       # 9
    .word   course_ridgeback_leap   # 10
    .word   course_clover_cut       # 11
    .word   0, 0, 0, 0, 0, 0, 0, 0
