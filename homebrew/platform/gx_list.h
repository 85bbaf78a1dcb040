// SPDX-License-Identifier: GPL-3.0-or-later
// Writes lists of packed 3D commands, to be sent by gx_submit.
#ifndef GX_LIST_H
#define GX_LIST_H

#include "course_view.h"

typedef struct {
    u32 *first, *next, *end;
    // The word of commands that is being filled, and its parameters.
    u32 commands, command_count, parameters[8], parameter_count;
    Vertex last;
    int any_vertex;
} GxList;

// Starts a list; what would reach beyond `end` is left out.
void gx_list_begin(GxList *list, u32 *first, u32 *end);
void gx_list_command(GxList *list, u32 command, u32 parameter);
// A corner, in the shortest form: one word where a coordinate is that of the corner before.
void gx_list_vertex(GxList *list, Vertex vertex);
// Ends the list and returns its length in words, a multiple of 8.
u32 gx_list_end(GxList *list);

#endif
