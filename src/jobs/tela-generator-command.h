/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-generator.h"

G_BEGIN_DECLS

/* What jobs of the program on this computer have for a model. */
#define TELA_COMMAND_MODEL "command"

/* A program on this computer. In its command line {prompt}, {seed}, {width} and {height} stand for what is asked for, each within
 * one argument; where {prompt} stands nowhere it comes on standard input. The picture is what it writes to standard output, or
 * to the file {output}; lines on standard error may say how far it is. One at a time; a request does not outlive this process. */
#define TELA_TYPE_GENERATOR_COMMAND (tela_generator_command_get_type ())
G_DECLARE_FINAL_TYPE (TelaGeneratorCommand, tela_generator_command, TELA, GENERATOR_COMMAND, GObject)

/* NULL: @command_line cannot be read. */
TelaGenerator *tela_generator_command_new (const char *command_line, GError **error);

G_END_DECLS
