/* SPDX-License-Identifier: MIT */
/* What a show says of every kind of object, while requests are in a handler, pended or done. */
#include "scene.h"

#include "ndis/show.h"

#include <stdio.h>

static struct scene *stage;
static json_t *picture; /* the one that the test looks at */

static json_t *here(void)
{
    return json_array_get(json_object_get(picture, "hosts"), 0);
}

static void take(struct scene *s)
{
    json_decref(picture);
    picture = show_world(s->world);
    assert_non_null(picture);
}

static void forget(void)
{
    json_decref(picture);
    picture = NULL;
}

static json_t *rows(const char *list)
{
    json_t *found = json_object_get(here(), list);
    assert_true(json_is_array(found));
    return found;
}

static const char *text(const json_t *row, const char *key)
{
    const char *value = json_string_value(json_object_get(row, key));
    return value ? value : "(none)";
}

/* The row of a list whose text under a key is this; NULL: there is none. */
static json_t *row_with(const char *list, const char *key, const char *value)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows(list), i, row)
    {
        if (!strcmp(text(row, key), value))
            return row;
    }
    return NULL;
}

static const char *miniport_name(const struct scene *s)
{
    return s->kind.mcm ? "actor-mcm" : "actor-mini";
}

static const char *cm_name(const struct scene *s)
{
    return s->kind.mcm ? "actor-mcm" : "actor-cm";
}

/* Of one pended request: who has it, in which state, and since when. */
static void assert_asked(const char *handler, const char *state, const char *driver)
{
    const json_t *row = row_with("pended", "handler", handler);
    assert_non_null(row);
    assert_string_equal(text(row, "state"), state);
    assert_string_equal(text(row, "driver"), driver);
    assert_true(json_is_real(json_object_get(row, "age_ms")));
}

static void every_kind_has_its_row(struct scene *s)
{
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    call_begin_with(s, 2);
    plan_mini(ASK_SEND, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientSend(&s->vc[0], 0));
    scene_settle(s);
    take(s);
    assert_non_null(row_with("drivers", "driver", cm_name(s)));
    assert_string_equal(text(json_array_get(rows("adapters"), 0), "state"), "running");
    assert_string_equal(text(row_with("bindings", "driver", "actor-client"), "state"), "open");
    const json_t *af = json_array_get(rows("afs"), 0);
    assert_string_equal(text(af, "client"), "actor-client");
    assert_string_equal(text(af, "call_manager"), cm_name(s));
    assert_string_equal(text(af, "family"), "Q2931");
    assert_string_equal(text(af, "state"), "open");
    assert_string_equal(text(json_array_get(rows("saps"), 0), "state"), "registered");
    const json_t *vc = row_with("vcs", "call", "connected");
    assert_non_null(vc);
    assert_int_equal(json_integer_value(json_object_get(vc, "parties")), 2);
    assert_int_equal(json_integer_value(json_object_get(vc, "sends_out")), 1);
    assert_int_equal(json_array_size(rows("parties")), 2);
    const json_t *list = row_with("nbls", "allocated_by", "actor-client");
    assert_non_null(list);
    assert_string_equal(text(list, "held_by"), miniport_name(s));
    assert_string_equal(text(list, "vc"), text(vc, "vc"));
    assert_true(json_is_real(json_object_get(list, "age_ms")));
    if (!s->kind.no_verifier)
        assert_true(json_array_size(json_object_get(list, "history")) > 0);
    finish_mini(ASK_SEND, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    call_drop(s, 1);
    call_end_with(s, 0);
    AS_CLIENT((void)ClientDeregisterSap(&s->sap));
    scene_settle(s);
    take(s);
    assert_int_equal(json_array_size(rows("parties")) + json_array_size(rows("saps")) +
                         json_array_size(rows("pended")) + json_array_size(rows("nbls")),
                     0);
    forget();
}

static void a_pended_request_names_who_owes_its_answer(struct scene *s)
{
    call_begin_with(s, 1);
    plan_cm(ASK_ADD_PARTY, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientAddParty(&s->vc[0], &s->party[1]));
    scene_settle(s);
    take(s);
    assert_asked("ProtocolCmAddParty", "pended", cm_name(s));
    assert_non_null(row_with("parties", "state", "adding"));
    finish_cm(ASK_ADD_PARTY, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    take(s);
    assert_int_equal(json_array_size(rows("pended")), 0);
    call_drop(s, 1);
    call_end_with(s, 0);
    forget();
}

/* ---- while a handler runs ---- */

static enum moment looks_at;

static NDIS_STATUS look(enum moment moment, PVOID what, NDIS_STATUS status)
{
    (void)what;
    if (moment == looks_at && !picture)
        take(stage);
    return status;
}

static void look_at(struct scene *s, enum moment moment)
{
    stage = s;
    looks_at = moment;
    ActorHook = look;
}

static void a_request_in_its_handler_has_an_owner_and_an_age(struct scene *s)
{
    look_at(s, AT_CLIENT_NOTIFIED);
    NDIS_STATUS status;
    plan_client(ASK_NOTIFY_CLOSE, (struct plan){.how = BY_HAND});
    AS_CM(status = Cm.edge->NotifyCloseAf(Client.af));
    assert_int_equal(status, NDIS_STATUS_PENDING);
    ActorHook = NULL;
    assert_non_null(picture);
    assert_asked("ProtocolClNotifyCloseAf", "in the handler", "actor-client");
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    finish_client(ASK_NOTIFY_CLOSE, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    forget();
}

static void what_a_protocol_is_asked_about_an_adapter_is_shown(struct scene *s)
{
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    look_at(s, AT_CLIENT_UNBINDING);
    scene_unload(s, &s->client);
    ActorHook = NULL;
    assert_non_null(picture);
    assert_asked("ProtocolUnbindAdapterEx", "in the handler", "actor-client");
    assert_non_null(row_with("binds", "driver", "actor-client"));
    forget();
}

/* ---- many lists ---- */

enum { MANY = 300 };

static void more_lists_than_are_shown_are_counted(struct scene *s)
{
    static PNET_BUFFER_LIST lists[MANY];
    AS_CLIENT({
        for (int i = 0; i < MANY; i++)
            assert_non_null(lists[i] = ActorNewList(Client.pool));
    });
    take(s);
    size_t count = json_array_size(rows("nbls"));
    const json_t *more = json_array_get(rows("nbls"), count - 1);
    assert_int_equal(count, 257);
    for (size_t i = 0; i < 256; i++)
        assert_string_equal(text(json_array_get(rows("nbls"), i), "held_by"), "actor-client");
    assert_string_equal(text(more, "state"), "and more");
    assert_int_equal(json_integer_value(json_object_get(more, "lists")), MANY - 256);
    AS_CLIENT({
        for (int i = 0; i < MANY; i++)
            NdisFreeNetBufferList(lists[i]);
    });
    forget();
}

static void what_is_shown_is_printed_in_columns(struct scene *s)
{
    char *printed = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&printed, &bytes);
    assert_non_null(out);
    take(s);
    show_print(picture, out);
    assert_int_equal(fclose(out), 0);
    assert_non_null(strstr(printed, "  adapters\n"));
    assert_non_null(strstr(printed, " running"));
    assert_non_null(strstr(printed, " Q2931 "));
    free(printed);
    forget();
}

static const struct scene_test tests[] = {
    SCENE_TEST(every_kind_has_its_row),
    SCENE_TEST(a_pended_request_names_who_owes_its_answer),
    SCENE_TEST(a_request_in_its_handler_has_an_owner_and_an_age),
    SCENE_TEST(what_a_protocol_is_asked_about_an_adapter_is_shown),
    SCENE_TEST(more_lists_than_are_shown_are_counted),
    SCENE_TEST(what_is_shown_is_printed_in_columns),
};

SCENE_MAIN(tests)
