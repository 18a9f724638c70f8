/* SPDX-License-Identifier: MIT */
/* The older, double-underscore SAL words (specstrings.h on Windows). */
#ifndef CONDIS_SPECSTRINGS_H
#define CONDIS_SPECSTRINGS_H

#include "sal.h"

/* A result that must be looked at; a deliberate fall through. */
#define __checkReturn        __attribute__((warn_unused_result))
#define __fallthrough        __attribute__((fallthrough))
#define __analysis_assume(e) ((void)0)
#define __analysis_noreturn  __attribute__((noreturn))

/* Words without arguments. */
#define __in
#define __in_opt
#define __in_z
#define __in_z_opt
#define __out
#define __out_opt
#define __out_z
#define __out_z_opt
#define __inout
#define __inout_opt
#define __inout_z
#define __inout_z_opt
#define __deref
#define __deref_in
#define __deref_in_opt
#define __deref_out
#define __deref_out_opt
#define __deref_opt_out
#define __deref_opt_out_opt
#define __deref_inout
#define __deref_inout_opt
#define __deref_out_z
#define __post
#define __pre
#define __valid
#define __notvalid
#define __notnull
#define __maybenull
#define __nullterminated
#define __nullnullterminated
#define __readonly
#define __notreadonly
#define __maybereadonly
#define __callback
#define __format_string
#define __override

/* Words with arguments. */
#define __in_ecount(...)
#define __in_ecount_opt(...)
#define __in_ecount_z(...)
#define __in_ecount_z_opt(...)
#define __in_bcount(...)
#define __in_bcount_opt(...)
#define __in_bcount_z(...)
#define __in_bcount_z_opt(...)
#define __in_xcount(...)
#define __in_xcount_opt(...)
#define __in_xcount_z(...)
#define __in_xcount_z_opt(...)
#define __out_ecount(...)
#define __out_ecount_opt(...)
#define __out_ecount_z(...)
#define __out_ecount_z_opt(...)
#define __out_bcount(...)
#define __out_bcount_opt(...)
#define __out_bcount_z(...)
#define __out_bcount_z_opt(...)
#define __out_xcount(...)
#define __out_xcount_opt(...)
#define __out_xcount_z(...)
#define __out_xcount_z_opt(...)
#define __out_ecount_part(...)
#define __out_ecount_part_opt(...)
#define __out_ecount_full(...)
#define __out_ecount_full_opt(...)
#define __out_bcount_part(...)
#define __out_bcount_part_opt(...)
#define __out_bcount_full(...)
#define __out_bcount_full_opt(...)
#define __inout_ecount(...)
#define __inout_ecount_opt(...)
#define __inout_ecount_z(...)
#define __inout_ecount_z_opt(...)
#define __inout_bcount(...)
#define __inout_bcount_opt(...)
#define __inout_bcount_z(...)
#define __inout_bcount_z_opt(...)
#define __inout_xcount(...)
#define __inout_xcount_opt(...)
#define __inout_xcount_z(...)
#define __inout_xcount_z_opt(...)
#define __inout_ecount_part(...)
#define __inout_ecount_part_opt(...)
#define __inout_ecount_full(...)
#define __inout_ecount_full_opt(...)
#define __inout_bcount_part(...)
#define __inout_bcount_part_opt(...)
#define __inout_bcount_full(...)
#define __inout_bcount_full_opt(...)
#define __deref_out_ecount(...)
#define __deref_out_ecount_opt(...)
#define __deref_out_ecount_full(...)
#define __deref_out_ecount_part(...)
#define __deref_opt_out_ecount(...)
#define __deref_inout_ecount(...)
#define __field_ecount(...)
#define __field_ecount_opt(...)
#define __field_ecount_part(...)
#define __field_ecount_full(...)
#define __in_ecount_x(...)
#define __deref_out_bcount(...)
#define __deref_out_bcount_opt(...)
#define __deref_out_bcount_full(...)
#define __deref_out_bcount_part(...)
#define __deref_opt_out_bcount(...)
#define __deref_inout_bcount(...)
#define __field_bcount(...)
#define __field_bcount_opt(...)
#define __field_bcount_part(...)
#define __field_bcount_full(...)
#define __in_bcount_x(...)
#define __in_range(...)
#define __out_range(...)
#define __inout_range(...)
#define __deref_in_range(...)
#define __deref_out_range(...)
#define __field_range(...)
#define __ret_range(...)
#define __range(...)
#define __success(...)
#define __nonfailure(...)
#define __on_failure(...)
#define __typefix(...)
#define __control_entrypoint(...)
#define __data_entrypoint(...)
#define __out_awcount(...)
#define __in_awcount(...)
#define __struct_bcount(...)
#define __byte_writableTo(...)
#define __byte_readableTo(...)
#define __elem_writableTo(...)
#define __elem_readableTo(...)

/* aarch64 system headers name a field like this word. */
#if !defined(__aarch64__)
#define __reserved
#endif

#endif
