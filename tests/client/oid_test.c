/* SPDX-License-Identifier: MIT */
/* What the client library answers to its call manager's OID requests, and what it makes of answers.
 * The call manager is the actor of tests/ndis/contract. */
#include "ndis/contract/scene.h"

#include <atm.h>
#include <condis/call.h>

enum { ENTRY_BYTES = FIELD_OFFSET(CO_ADDRESS, Address) + sizeof(ATM_ADDRESS) };

/* How the call manager answers OID_CO_GET_ADDRESSES. */
static ULONG addresses_given; /* each is 20 octets of its number, from 1 */
static ULONG bytes_said;      /* 0: as many as there are */
static NDIS_STATUS answer;
static PNDIS_OID_REQUEST asked;
static ULONG asked_count;

static void fill_addresses(PNDIS_OID_REQUEST request)
{
    CO_ADDRESS_LIST *list = request->DATA.QUERY_INFORMATION.InformationBuffer;
    UCHAR *at = (UCHAR *)&list->AddressList;
    list->NumberOfAddressesAvailable = addresses_given;
    list->NumberOfAddresses = addresses_given;
    for (ULONG i = 0; i < addresses_given; i++, at += ENTRY_BYTES) {
        const CO_ADDRESS head = {.AddressSize = sizeof(ATM_ADDRESS)};
        ATM_ADDRESS address = {.AddressType = ATM_NSAP, .NumberOfDigits = CONDIS_ADDRESS_BYTES};
        memset(address.Address, (int)i + 1, CONDIS_ADDRESS_BYTES);
        memcpy(at, &head, FIELD_OFFSET(CO_ADDRESS, Address));
        memcpy(at + FIELD_OFFSET(CO_ADDRESS, Address), &address, sizeof(address));
    }
    request->DATA.QUERY_INFORMATION.BytesWritten =
        bytes_said ? bytes_said : (ULONG)(at - (UCHAR *)list);
}

static NDIS_STATUS give_addresses(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    PNDIS_OID_REQUEST request = What;
    if (Moment != AT_CM_OID)
        return Status;
    assert_int_equal(request->DATA.QUERY_INFORMATION.Oid, OID_CO_GET_ADDRESSES);
    asked = request;
    asked_count++;
    fill_addresses(request);
    return answer;
}

/* ---- the client and its call manager ----------------------------------------------------- */

static void step_out(struct scene *s)
{
    host_leave(&s->entry);
    s->entered = false;
}

static void step_in(struct scene *s)
{
    s->entered = host_enter(host_private(s->host), &s->entry);
    assert_true(s->entered);
}

static struct condis_af *open_client(struct scene *s, struct condis_client **client)
{
    struct condis_af *af = NULL;
    addresses_given = asked_count = bytes_said = 0;
    answer = NDIS_STATUS_SUCCESS;
    ActorHook = give_addresses;
    step_out(s);
    assert_true(condis_client_open(s->host, NULL, client, NULL));
    assert_int_equal(condis_af_wait(*client, NULL, 0, 10000, &af), CONDIS_SUCCESS);
    step_in(s);
    scene_settle(s);
    return af;
}

static void close_client(struct scene *s, struct condis_client *client)
{
    step_out(s);
    condis_client_close(client);
    step_in(s);
    ActorHook = NULL;
}

/* The call manager sends the client a request about nothing but its AF. */
static NDIS_STATUS ask(struct scene *s, NDIS_OID oid, NDIS_REQUEST_TYPE type)
{
    static NDIS_OID_REQUEST request;
    NDIS_STATUS status;
    request = (NDIS_OID_REQUEST){
        .Header = {NDIS_OBJECT_TYPE_OID_REQUEST, NDIS_OID_REQUEST_REVISION_1,
                   NDIS_SIZEOF_OID_REQUEST_REVISION_1},
        .RequestType = type,
        .DATA.SET_INFORMATION.Oid = oid,
    };
    if (s->kind.mcm)
        AS_CM(status = NdisMCmOidRequest(Cm.af->handle, NULL, NULL, &request));
    else
        AS_CM(status = NdisCoOidRequest(Cm.binding, Cm.af->handle, NULL, NULL, &request));
    scene_settle(s);
    return status;
}

static NDIS_STATUS tell_change(struct scene *s)
{
    return ask(s, OID_CO_ADDRESS_CHANGE, NdisRequestSetInformation);
}

/* ---- the tests --------------------------------------------------------------------------- */

static void a_change_of_addresses_is_taken_and_asked_about(struct scene *s)
{
    struct condis_client *client;
    struct condis_af *af = open_client(s, &client);
    struct condis_address known[CONDIS_AF_ADDRESSES_MAX];
    addresses_given = 2;
    assert_int_equal(tell_change(s), NDIS_STATUS_SUCCESS);
    assert_int_equal(asked_count, 1);
    assert_int_equal(condis_af_addresses(af, known, CONDIS_AF_ADDRESSES_MAX), 2);
    assert_int_equal(known[0].octets[0], 1);
    assert_int_equal(known[1].octets[1], 2);
    addresses_given = 0;
    assert_int_equal(tell_change(s), NDIS_STATUS_SUCCESS);
    assert_int_equal(condis_af_addresses(af, known, CONDIS_AF_ADDRESSES_MAX), 0);
    close_client(s, client);
}

static void complete(struct scene *s, PNDIS_OID_REQUEST request)
{
    if (s->kind.mcm)
        AS_CM(NdisMCmOidRequestComplete(Cm.af->handle, NULL, NULL, request, NDIS_STATUS_SUCCESS));
    else
        AS_CM(NdisCoOidRequestComplete(Cm.af->handle, NULL, NULL, request, NDIS_STATUS_SUCCESS));
    scene_settle(s);
}

static void an_answer_that_comes_later_is_taken(struct scene *s)
{
    struct condis_client *client;
    struct condis_af *af = open_client(s, &client);
    struct condis_address known[CONDIS_AF_ADDRESSES_MAX];
    addresses_given = 1;
    answer = NDIS_STATUS_PENDING;
    assert_int_equal(tell_change(s), NDIS_STATUS_SUCCESS);
    assert_int_equal(condis_af_addresses(af, known, CONDIS_AF_ADDRESSES_MAX), 0);
    complete(s, asked);
    assert_int_equal(condis_af_addresses(af, known, CONDIS_AF_ADDRESSES_MAX), 1);
    close_client(s, client);
}

/* As on two processors, of which the one with the older answer is slow. */
static void an_older_answer_does_not_replace_a_newer_one(struct scene *s)
{
    struct condis_client *client;
    struct condis_af *af = open_client(s, &client);
    struct condis_address known[CONDIS_AF_ADDRESSES_MAX];
    answer = NDIS_STATUS_PENDING;
    assert_int_equal(tell_change(s), NDIS_STATUS_SUCCESS);
    PNDIS_OID_REQUEST older = asked;
    addresses_given = 2;
    assert_int_equal(tell_change(s), NDIS_STATUS_SUCCESS);
    assert_ptr_not_equal(asked, older);
    complete(s, asked);
    complete(s, older);
    assert_int_equal(condis_af_addresses(af, known, CONDIS_AF_ADDRESSES_MAX), 2);
    close_client(s, client);
}

static void what_it_does_not_know_is_not_supported(struct scene *s)
{
    struct condis_client *client;
    (void)open_client(s, &client);
    assert_int_equal(ask(s, OID_CO_AF_CLOSE, NdisRequestSetInformation), NDIS_STATUS_NOT_SUPPORTED);
    assert_int_equal(ask(s, OID_CO_ADDRESS_CHANGE, NdisRequestQueryInformation),
                     NDIS_STATUS_NOT_SUPPORTED);
    assert_int_equal(asked_count, 0);
    close_client(s, client);
}

static void a_refusal_leaves_what_was_known(struct scene *s)
{
    struct condis_client *client;
    struct condis_af *af = open_client(s, &client);
    struct condis_address known[CONDIS_AF_ADDRESSES_MAX];
    addresses_given = 1;
    assert_int_equal(tell_change(s), NDIS_STATUS_SUCCESS);
    addresses_given = 2;
    answer = NDIS_STATUS_FAILURE;
    assert_int_equal(tell_change(s), NDIS_STATUS_SUCCESS);
    assert_int_equal(asked_count, 2);
    assert_int_equal(condis_af_addresses(af, known, CONDIS_AF_ADDRESSES_MAX), 1);
    close_client(s, client);
}

/* A call manager may say that it wrote more than there was room for, or less than it counts. */
static void nothing_is_read_that_is_not_in_the_buffer(struct scene *s)
{
    struct condis_client *client;
    struct condis_af *af = open_client(s, &client);
    struct condis_address known[CONDIS_AF_ADDRESSES_MAX];
    addresses_given = CONDIS_AF_ADDRESSES_MAX;
    bytes_said = UINT32_MAX;
    assert_int_equal(tell_change(s), NDIS_STATUS_SUCCESS);
    size_t count = condis_af_addresses(af, known, CONDIS_AF_ADDRESSES_MAX);
    assert_true(count == CONDIS_AF_ADDRESSES_MAX || count == CONDIS_AF_ADDRESSES_MAX - 1);
    bytes_said = FIELD_OFFSET(CO_ADDRESS_LIST, AddressList) + 2 * ENTRY_BYTES - 1;
    assert_int_equal(tell_change(s), NDIS_STATUS_SUCCESS);
    assert_int_equal(condis_af_addresses(af, known, CONDIS_AF_ADDRESSES_MAX), 1);
    close_client(s, client);
}

static const struct scene_test tests[] = {
    SCENE_TEST(a_change_of_addresses_is_taken_and_asked_about),
    SCENE_TEST(an_answer_that_comes_later_is_taken),
    SCENE_TEST(an_older_answer_does_not_replace_a_newer_one),
    SCENE_TEST(what_it_does_not_know_is_not_supported),
    SCENE_TEST(a_refusal_leaves_what_was_known),
    SCENE_TEST(nothing_is_read_that_is_not_in_the_buffer),
};
SCENE_MAIN(tests)
