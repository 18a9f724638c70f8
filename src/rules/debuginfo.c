/* SPDX-License-Identifier: MIT */
#include "rules/debuginfo.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- files that were read ---- */

enum { FILES_KEPT = 16 };

struct debug_file {
    Dwfl *dwfl; /* NULL: not used */
    Dwfl_Module *module;
    uintptr_t base;
    char path[PATH_MAX];
};

static struct debug_file files[FILES_KEPT];
static unsigned next_file; /* makes room, in turn */

/* No server is asked: build ids are looked for below these directories only. */
static char *debug_path;
static const Dwfl_Callbacks callbacks = {
    .find_elf = dwfl_build_id_find_elf,
    .find_debuginfo = dwfl_build_id_find_debuginfo,
    .section_address = dwfl_offline_section_address,
    .debuginfo_path = &debug_path,
};

static void end_file(struct debug_file *file)
{
    if (file->dwfl)
        dwfl_end(file->dwfl);
    file->dwfl = NULL;
}

void debuginfo_forget(uintptr_t base)
{
    for (unsigned i = 0; i < FILES_KEPT; i++)
        if (files[i].dwfl && files[i].base == base)
            end_file(&files[i]);
}

static Dwfl_Module *open_module(const char *path, uintptr_t base)
{
    for (unsigned i = 0; i < FILES_KEPT; i++)
        if (files[i].dwfl && files[i].base == base && !strcmp(files[i].path, path))
            return files[i].module;
    if (strlen(path) >= PATH_MAX)
        return NULL;
    struct debug_file *file = &files[next_file++ % FILES_KEPT];
    end_file(file);
    file->dwfl = dwfl_begin(&callbacks);
    if (!file->dwfl)
        return NULL;
    dwfl_report_begin(file->dwfl);
    file->module = dwfl_report_elf(file->dwfl, path, path, -1, base, false);
    dwfl_report_end(file->dwfl, NULL, NULL);
    file->base = base;
    memcpy(file->path, path, strlen(path) + 1);
    return file->module;
}

/* ---- file names ---- */

/* Takes "x/../" and "./" out of an absolute path, as far as names alone tell. */
static void straighten(char *path)
{
    char *to = path;
    for (const char *from = path; *from;) {
        size_t length = 1 + strcspn(from + 1, "/");
        if (length == 1 || (length == 2 && from[1] == '.')) {
            from += length;
        } else if (length == 3 && from[1] == '.' && from[2] == '.') {
            while (to > path && *--to != '/')
                ;
            from += length;
        } else {
            memmove(to, from, length);
            to += length;
            from += length;
        }
    }
    *to = '\0';
}

static void name_file(struct place *place, const char *directory, const char *name)
{
    char path[PATH_MAX];
    char here[PATH_MAX];
    if (!name)
        return;
    if (name[0] == '/' || !directory)
        snprintf(path, sizeof(path), "%s", name);
    else
        snprintf(path, sizeof(path), "%s/%s", directory, name);
    const char *shown = path;
    if (path[0] == '/') {
        straighten(path);
        size_t length = getcwd(here, sizeof(here)) ? strlen(here) : 0;
        if (length > 1 && !strncmp(path, here, length) && path[length] == '/')
            shown = path + length + 1;
    }
    size_t bytes = strlen(shown) + 1; /* of a long one the end says more */
    if (bytes > sizeof(place->file)) {
        shown += bytes - sizeof(place->file);
        bytes = sizeof(place->file);
    }
    memcpy(place->file, shown, bytes);
}

/* ---- what is inlined ---- */

static const char *directory_of(Dwarf_Die *unit)
{
    Dwarf_Attribute attribute;
    return dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
}

static const char *function_name(Dwarf_Die *function)
{
    Dwarf_Attribute attribute;
    return dwarf_formstring(dwarf_attr_integrate(function, DW_AT_name, &attribute));
}

static bool number_of(Dwarf_Die *die, unsigned name, Dwarf_Word *value)
{
    Dwarf_Attribute attribute;
    return dwarf_formudata(dwarf_attr(die, name, &attribute), value) == 0;
}

/* Where an inlined function was called: the line of the place around it. */
static void call_site(Dwarf_Die *inlined, Dwarf_Die *unit, struct place *around)
{
    Dwarf_Files *sources;
    size_t source_count;
    Dwarf_Word file;
    Dwarf_Word line;
    if (!number_of(inlined, DW_AT_call_file, &file) ||
        !number_of(inlined, DW_AT_call_line, &line) ||
        dwarf_getsrcfiles(unit, &sources, &source_count) != 0)
        return;
    name_file(around, directory_of(unit), dwarf_filesrc(sources, file, NULL, NULL));
    around->line = (int)line;
}

/* The scopes of an address, from the innermost block to the compilation unit. */
static int scopes_at(Dwarf_Die *unit, Dwarf_Addr address, Dwarf_Die **scopes)
{
    Dwarf_Die *found = NULL;
    int count = dwarf_getscopes(unit, address, &found);
    if (count > 0)
        count = dwarf_getscopes_die(&found[0], scopes);
    free(found);
    return count;
}

static unsigned name_functions(Dwarf_Die *unit, Dwarf_Addr address, struct place *place,
                               unsigned max)
{
    Dwarf_Die *scopes = NULL;
    int scope_count = scopes_at(unit, address, &scopes);
    unsigned count = 0;
    for (int i = 0; i < scope_count && count < max; i++) {
        int tag = dwarf_tag(&scopes[i]);
        if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram)
            continue;
        const char *name = function_name(&scopes[i]);
        snprintf(place[count].function, sizeof(place[count].function), "%s", name ? name : "");
        place[count].inlined = tag == DW_TAG_inlined_subroutine && count + 1 < max;
        if (place[count].inlined)
            call_site(&scopes[i], unit, &place[count + 1]);
        count++;
        if (tag == DW_TAG_subprogram)
            break;
    }
    free(scopes);
    return count;
}

/* The compilation unit of an address. clang writes no index of addresses (.debug_aranges): then
 * every unit is asked. */
static Dwarf_Die *unit_at(Dwfl_Module *module, Dwarf_Addr address, Dwarf_Addr *bias)
{
    Dwarf_Die *unit = dwfl_module_addrdie(module, address, bias);
    if (unit)
        return unit;
    do {
        unit = dwfl_module_nextcu(module, unit, bias);
    } while (unit && dwarf_haspc(unit, address - *bias) <= 0);
    return unit;
}

unsigned debuginfo_places(const char *path, uintptr_t base, uintptr_t address, struct place *place,
                          unsigned max)
{
    Dwfl_Module *module = open_module(path, base);
    Dwarf_Addr bias;
    Dwarf_Die *unit = module ? unit_at(module, address, &bias) : NULL;
    Dwarf_Line *line = unit ? dwarf_getsrc_die(unit, address - bias) : NULL;
    if (!line)
        return 0;
    (void)dwarf_lineno(line, &place[0].line);
    name_file(&place[0], directory_of(unit), dwarf_linesrc(line, NULL, NULL));
    unsigned count = name_functions(unit, address - bias, place, max);
    if (count == 0) {
        const char *name = dwfl_module_addrname(module, address);
        snprintf(place[0].function, sizeof(place[0].function), "%s", name ? name : "");
        count = 1;
    }
    return count;
}
