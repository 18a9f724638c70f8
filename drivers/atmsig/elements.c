/* SPDX-License-Identifier: MIT */
/* Information elements: as NDIS writes them (API §5.2) into a message of the UNI, and back. The
 * numbers and addresses of an offer come from CO_CALL_PARAMETERS; its data is a row of Q2931_IE. */
#include <ndis.h>

#include <atm.h>

#include "inside.h"

#include <string.h>

#define IE_HEADER_BYTES ((uint32_t)FIELD_OFFSET(Q2931_IE, IE))
#define CELL_BYTES      48u
#define LINE_CELLS      353207u /* STS-3c: what best effort asks for */
#define RATE_MAX        0xFFFFFFu
#define SDU_BYTES_MAX   65535u
#define IPI_SNAP        0x80u
#define FLOW_PEAK       2 /* fields of a FLOWSPEC */
#define FLOW_TOKEN_RATE 0
#define FLOW_SERVICE    5
#define FLOW_SDU        6

/* ---- out ---- */

static bool is_rate(ULONG value)
{
    return value <= RATE_MAX; /* SAP_FIELD_ABSENT is above */
}

static void write_aal5(struct uni_message *message, ULONG forward, ULONG backward)
{
    struct uni_aal_parameters *aal = UNI_ADD(message, AAL_PARAMETERS, aal_parameters);
    aal->type = 5;
    aal->tags = UNI_TAG(AAL_FORWARD_SDU) | UNI_TAG(AAL_BACKWARD_SDU) | UNI_TAG(AAL_SSCS);
    aal->forward_sdu_bytes = (uint16_t)(forward < SDU_BYTES_MAX ? forward : SDU_BYTES_MAX);
    aal->backward_sdu_bytes = (uint16_t)(backward < SDU_BYTES_MAX ? backward : SDU_BYTES_MAX);
}

static bool write_aal(struct uni_message *message, const AAL_PARAMETERS_IE *aal, bool multipoint)
{
    const AAL5_PARAMETERS *aal5 = &aal->AALSpecificParameters.AAL5Parameters;
    if (aal->AALType != AAL_TYPE_AAL5)
        return false; /* links carry AAL5 */
    write_aal5(message, aal5->ForwardMaxCPCSSDUSize, multipoint ? 0 : aal5->BackwardMaxCPCSSDUSize);
    message->aal_parameters->sscs = aal5->SSCSType;
    if (aal5->Mode == AAL5_MODE_MESSAGE || aal5->Mode == AAL5_MODE_STREAMING) {
        message->aal_parameters->tags |= UNI_TAG(AAL_MODE);
        message->aal_parameters->mode = aal5->Mode;
    }
    return true;
}

#define WRITE_RATE(tag, field, value)                                                              \
    do {                                                                                           \
        if (is_rate(value)) {                                                                      \
            traffic->tags |= UNI_TAG(tag);                                                         \
            traffic->field = (value);                                                              \
        }                                                                                          \
    } while (0)

static void write_traffic(struct uni_message *message, const ATM_TRAFFIC_DESCRIPTOR_IE *ie,
                          bool multipoint)
{
    struct uni_traffic *traffic = UNI_ADD(message, TRAFFIC, traffic);
    ATM_TRAFFIC_DESCRIPTOR back = ie->BackwardTD;
    if (multipoint) { /* nothing flows back (SIG 4.4) */
        memset(&back, 0xFF, sizeof(back));
        back.PeakCellRateCLP01 = 0;
        back.Tagging = FALSE;
    }
    if (ie->BestEffort) {
        traffic->tags = UNI_TAG(BEST_EFFORT) | UNI_TAG(FWD_PCR01) | UNI_TAG(BWD_PCR01);
        traffic->fwd_pcr01 =
            is_rate(ie->ForwardTD.PeakCellRateCLP01) ? ie->ForwardTD.PeakCellRateCLP01 : LINE_CELLS;
        traffic->bwd_pcr01 = is_rate(back.PeakCellRateCLP01) ? back.PeakCellRateCLP01 : LINE_CELLS;
        return;
    }
    WRITE_RATE(FWD_PCR0, fwd_pcr0, ie->ForwardTD.PeakCellRateCLP0);
    WRITE_RATE(BWD_PCR0, bwd_pcr0, back.PeakCellRateCLP0);
    WRITE_RATE(FWD_PCR01, fwd_pcr01, ie->ForwardTD.PeakCellRateCLP01);
    WRITE_RATE(BWD_PCR01, bwd_pcr01, back.PeakCellRateCLP01);
    WRITE_RATE(FWD_SCR0, fwd_scr0, ie->ForwardTD.SustainableCellRateCLP0);
    WRITE_RATE(BWD_SCR0, bwd_scr0, back.SustainableCellRateCLP0);
    WRITE_RATE(FWD_SCR01, fwd_scr01, ie->ForwardTD.SustainableCellRateCLP01);
    WRITE_RATE(BWD_SCR01, bwd_scr01, back.SustainableCellRateCLP01);
    WRITE_RATE(FWD_MBS0, fwd_mbs0, ie->ForwardTD.MaximumBurstSizeCLP0);
    WRITE_RATE(BWD_MBS0, bwd_mbs0, back.MaximumBurstSizeCLP0);
    WRITE_RATE(FWD_MBS01, fwd_mbs01, ie->ForwardTD.MaximumBurstSizeCLP01);
    WRITE_RATE(BWD_MBS01, bwd_mbs01, back.MaximumBurstSizeCLP01);
    if (ie->ForwardTD.Tagging || back.Tagging) {
        traffic->tags |= UNI_TAG(TRAFFIC_OPTIONS);
        traffic->options = (uint8_t)((ie->ForwardTD.Tagging ? 1 : 0) | (back.Tagging ? 2 : 0));
    }
}

static uint32_t cells_of(uint32_t bytes)
{
    uint32_t cells = bytes / CELL_BYTES + (bytes % CELL_BYTES != 0);
    return cells > RATE_MAX ? RATE_MAX : cells;
}

/* A client that names no traffic descriptor has its FLOWSPECs: a peak rate is asked for, none at
 * all is best effort. */
static void write_flows(struct uni_message *message, const struct hubsig_message *offer)
{
    uint32_t forward = offer->forward.field[FLOW_PEAK], backward = offer->backward.field[FLOW_PEAK];
    struct uni_traffic *traffic = UNI_ADD(message, TRAFFIC, traffic);
    bool named = forward != QOS_NOT_SPECIFIED && forward != 0 &&
                 offer->forward.field[FLOW_SERVICE] != SERVICETYPE_BESTEFFORT;
    bool back = backward != QOS_NOT_SPECIFIED;
    traffic->tags = UNI_TAG(FWD_PCR01) | UNI_TAG(BWD_PCR01) | (named ? 0 : UNI_TAG(BEST_EFFORT));
    traffic->fwd_pcr01 =
        forward != QOS_NOT_SPECIFIED && forward != 0 ? cells_of(forward) : LINE_CELLS;
    traffic->bwd_pcr01 = back ? cells_of(backward) : LINE_CELLS;
    if (offer->multipoint)
        traffic->bwd_pcr01 = 0;
}

static bool write_bearer(struct uni_message *message, const ATM_BROADBAND_BEARER_CAPABILITY_IE *ie)
{
    static const uint8_t classes[] = {0x01, 0x03, 0x10};
    struct uni_bearer *bearer = message->bearer;
    if (ie->BearerClass >= sizeof(classes))
        return false;
    bearer->class = classes[ie->BearerClass];
    bearer->clipping = ie->ClippingSusceptability != 0;
    bearer->transfer = (ie->TrafficType | ie->TimingRequirements) & 0x7F;
    bearer->has_transfer = bearer->class == 0x10 && bearer->transfer != 0;
    return true;
}

static void write_l3(struct uni_blli *blli, const ATM_BLLI_IE *ie)
{
    blli->has_l3 = 1;
    blli->l3_protocol = ie->Layer3Protocol & 0x1F;
    if (ie->Layer3Protocol == BLLI_L3_ISO_TR9577 && ie->Layer3IPI <= 0xFF) {
        blli->has_l3_octets = 1;
        blli->ipi_high = (uint8_t)(ie->Layer3IPI >> 1 & 0x7F);
        blli->ipi_low = ie->Layer3IPI & 1;
        if (ie->Layer3IPI == IPI_SNAP) {
            blli->has_snap = 1;
            blli->snap_oui =
                (uint32_t)ie->SnapId[0] << 16 | (uint32_t)ie->SnapId[1] << 8 | ie->SnapId[2];
            blli->snap_pid = (uint16_t)(ie->SnapId[3] << 8 | ie->SnapId[4]);
        }
    } else if (ie->Layer3Protocol == BLLI_L3_USER_SPECIFIED) {
        blli->has_l3_octets = 1;
        blli->l3_user = ie->Layer3UserSpecifiedProtocol & 0x7F;
    }
}

static bool write_blli(struct uni_message *message, const ATM_BLLI_IE *ie)
{
    struct uni_blli *blli;
    if (ie->Layer2Protocol > 0x1F && ie->Layer3Protocol > 0x1F)
        return true; /* nothing is named */
    if (message->has & UNI_HAS(BLLI))
        return false; /* a choice of several is not offered */
    blli = UNI_ADD(message, BLLI, blli);
    if (ie->Layer2Protocol <= 0x1F) {
        blli->has_l2 = 1;
        blli->l2_protocol = ie->Layer2Protocol & 0x1F;
        blli->has_l2_octets = ie->Layer2Protocol == BLLI_L2_USER_SPECIFIED;
        if (blli->has_l2_octets)
            blli->l2_user = ie->Layer2UserSpecifiedProtocol & 0x7F;
    }
    if (ie->Layer3Protocol <= 0x1F)
        write_l3(blli, ie);
    return true;
}

static bool write_bhli(struct uni_message *message, const ATM_BHLI_IE *ie, const uint8_t *info)
{
    struct uni_bhli *bhli;
    if (ie->HighLayerInfoType > 0x7F)
        return ie->HighLayerInfoType >= SAP_FIELD_ABSENT; /* nothing is named */
    if (ie->HighLayerInfoLength > sizeof(ie->HighLayerInfo))
        return false;
    bhli = UNI_ADD(message, BHLI, bhli);
    bhli->type = ie->HighLayerInfoType & 0x7F;
    bhli->info = (struct uni_view){info, (uint16_t)ie->HighLayerInfoLength};
    return true;
}

/* One body, copied for its alignment; `at` is where it lies. */
union body {
    AAL_PARAMETERS_IE aal;
    ATM_TRAFFIC_DESCRIPTOR_IE traffic;
    ATM_BROADBAND_BEARER_CAPABILITY_IE bearer;
    ATM_BHLI_IE bhli;
    ATM_BLLI_IE blli;
    ATM_QOS_CLASS_IE qos;
};

static bool write_element(struct uni_message *message, Q2931_IE_TYPE type, const uint8_t *at,
                          uint32_t bytes, bool multipoint)
{
    union body body;
    memset(&body, 0, sizeof(body));
    memcpy(&body, at, bytes < sizeof(body) ? bytes : sizeof(body));
    switch (type) {
    case IE_AALParameters:
        return bytes >= sizeof(body.aal) && write_aal(message, &body.aal, multipoint);
    case IE_TrafficDescriptor:
        if (bytes < sizeof(body.traffic))
            return false;
        write_traffic(message, &body.traffic, multipoint);
        return true;
    case IE_BroadbandBearerCapability:
        return bytes >= sizeof(body.bearer) && write_bearer(message, &body.bearer);
    case IE_BHLI:
        return bytes >= sizeof(body.bhli) &&
               write_bhli(message, &body.bhli, at + FIELD_OFFSET(ATM_BHLI_IE, HighLayerInfo));
    case IE_BLLI:
        return bytes >= sizeof(body.blli) && write_blli(message, &body.blli);
    case IE_QOSClass:
        if (bytes < sizeof(body.qos))
            return false;
        message->qos->forward_class = body.qos.QOSClassForward;
        message->qos->backward_class = body.qos.QOSClassBackward;
        return body.qos.QOSClassForward <= 4 && body.qos.QOSClassBackward <= 4;
    case IE_BroadbandSendingComplete:
        return UNI_ADD(message, SENDING_COMPLETE, sending_complete) != NULL;
    case IE_CalledPartyNumber: /* in the offer's addresses already */
    case IE_CallingPartyNumber:
        return true;
    default: /* what a client may not send, or our facts do not describe */
        return false;
    }
}

static bool write_elements(struct uni_message *message, const struct hubsig_message *offer)
{
    const uint8_t *at = offer->data;
    Q2931_IE header;
    for (uint32_t i = 0; i < offer->element_count; i++) {
        memcpy(&header, at, IE_HEADER_BYTES); /* their lengths were walked before */
        if (!write_element(message, header.IEType, at + IE_HEADER_BYTES,
                           header.IELength - IE_HEADER_BYTES, offer->multipoint))
            return false;
        at += header.IELength;
    }
    return true;
}

bool elements_write(struct uni_message *message, const struct hubsig_message *offer,
                    enum uni_version version)
{
    struct uni_called_number *called;
    struct uni_calling_number *calling;
    struct uni_bearer *bearer;
    struct uni_qos *qos;
    uni_message_init(message, 0, 0, 0);
    bearer = UNI_ADD(message, BEARER, bearer);
    bearer->class = 0x10;
    bearer->multipoint = offer->multipoint;
    qos = UNI_ADD(message, QOS, qos);
    if (!write_elements(message, offer))
        return false;
    if (!(message->has & UNI_HAS(AAL_PARAMETERS)))
        write_aal5(message, offer->forward.field[FLOW_SDU],
                   offer->multipoint ? 0 : offer->backward.field[FLOW_SDU]);
    if (!(message->has & UNI_HAS(TRAFFIC)))
        write_flows(message, offer);
    if (version == UNI_31 && (qos->forward_class != 0 || qos->backward_class != 0))
        qos->head = UNI_HEAD | UNI_HEAD_ATMF; /* the classes 1 to 4 are the ATM Forum's */
    called = UNI_ADD(message, CALLED_NUMBER, called_number);
    called->plan = 2;
    called->digits = (struct uni_view){offer->called, HUBSIG_ADDRESS_BYTES};
    calling = UNI_ADD(message, CALLING_NUMBER, calling_number);
    calling->plan = 2;
    calling->digits = (struct uni_view){offer->calling, HUBSIG_ADDRESS_BYTES};
    return true;
}

/* ---- in ---- */

static void read_flow(struct hubsig_flow *flow, bool has_rate, uint32_t cells, bool best_effort,
                      bool has_sdu, uint32_t sdu_bytes)
{
    for (unsigned i = 0; i < 8; i++)
        flow->field[i] = QOS_NOT_SPECIFIED;
    if (has_rate)
        flow->field[FLOW_PEAK] = flow->field[FLOW_TOKEN_RATE] = cells * CELL_BYTES;
    flow->field[FLOW_SERVICE] = has_rate && cells == 0 ? (uint32_t)SERVICETYPE_NOTRAFFIC
                                : best_effort          ? (uint32_t)SERVICETYPE_BESTEFFORT
                                                       : (uint32_t)SERVICETYPE_GUARANTEED;
    if (has_sdu)
        flow->field[FLOW_SDU] = sdu_bytes;
}

void elements_read_flows(const struct uni_message *message, struct hubsig_message *offer)
{
    const struct uni_traffic *traffic = message->traffic;
    const struct uni_aal_parameters *aal = message->aal_parameters;
    uint32_t rates = message->has & UNI_HAS(TRAFFIC) ? traffic->tags : 0;
    uint32_t sizes = message->has & UNI_HAS(AAL_PARAMETERS) ? aal->tags : 0;
    bool best = (rates & UNI_TAG(BEST_EFFORT)) != 0;
    read_flow(&offer->forward, (rates & UNI_TAG(FWD_PCR01)) != 0, traffic->fwd_pcr01, best,
              (sizes & UNI_TAG(AAL_FORWARD_SDU)) != 0, aal->forward_sdu_bytes);
    read_flow(&offer->backward, (rates & UNI_TAG(BWD_PCR01)) != 0, traffic->bwd_pcr01, best,
              (sizes & UNI_TAG(AAL_BACKWARD_SDU)) != 0, aal->backward_sdu_bytes);
}

static void read_address(uint8_t *octets, struct uni_view digits, bool is_aesa)
{
    memset(octets, 0, HUBSIG_ADDRESS_BYTES);
    if (is_aesa && digits.byte_count == HUBSIG_ADDRESS_BYTES)
        memcpy(octets, digits.bytes, HUBSIG_ADDRESS_BYTES);
}

static void put_element(struct hubsig_message *offer, uint8_t *elements, Q2931_IE_TYPE type,
                        const void *body, uint32_t bytes)
{
    const uint32_t padded = (bytes + 3u) & ~3u; /* the next one is aligned then */
    Q2931_IE header;
    if (offer->data_bytes + IE_HEADER_BYTES + padded > ATM_ELEMENT_BYTES)
        return;
    memset(&header, 0, sizeof(header));
    header.IEType = type;
    header.IELength = IE_HEADER_BYTES + padded;
    memcpy(elements + offer->data_bytes, &header, IE_HEADER_BYTES);
    memcpy(elements + offer->data_bytes + IE_HEADER_BYTES, body, bytes);
    offer->data_bytes += header.IELength;
    offer->data = elements;
    offer->element_count++;
}

#define READ_RATE(tag, field) (traffic->tags & UNI_TAG(tag) ? traffic->field : SAP_FIELD_ABSENT)

static void read_traffic(const struct uni_traffic *traffic, ATM_TRAFFIC_DESCRIPTOR_IE *ie)
{
    bool options = (traffic->tags & UNI_TAG(TRAFFIC_OPTIONS)) != 0;
    ie->ForwardTD.PeakCellRateCLP0 = READ_RATE(FWD_PCR0, fwd_pcr0);
    ie->ForwardTD.PeakCellRateCLP01 = READ_RATE(FWD_PCR01, fwd_pcr01);
    ie->ForwardTD.SustainableCellRateCLP0 = READ_RATE(FWD_SCR0, fwd_scr0);
    ie->ForwardTD.SustainableCellRateCLP01 = READ_RATE(FWD_SCR01, fwd_scr01);
    ie->ForwardTD.MaximumBurstSizeCLP0 = READ_RATE(FWD_MBS0, fwd_mbs0);
    ie->ForwardTD.MaximumBurstSizeCLP01 = READ_RATE(FWD_MBS01, fwd_mbs01);
    ie->ForwardTD.Tagging = options && (traffic->options & 1) != 0;
    ie->BackwardTD.PeakCellRateCLP0 = READ_RATE(BWD_PCR0, bwd_pcr0);
    ie->BackwardTD.PeakCellRateCLP01 = READ_RATE(BWD_PCR01, bwd_pcr01);
    ie->BackwardTD.SustainableCellRateCLP0 = READ_RATE(BWD_SCR0, bwd_scr0);
    ie->BackwardTD.SustainableCellRateCLP01 = READ_RATE(BWD_SCR01, bwd_scr01);
    ie->BackwardTD.MaximumBurstSizeCLP0 = READ_RATE(BWD_MBS0, bwd_mbs0);
    ie->BackwardTD.MaximumBurstSizeCLP01 = READ_RATE(BWD_MBS01, bwd_mbs01);
    ie->BackwardTD.Tagging = options && (traffic->options & 2) != 0;
    ie->BestEffort = (traffic->tags & UNI_TAG(BEST_EFFORT)) != 0;
}

static void read_blli(const struct uni_blli *blli, ATM_BLLI_IE *ie)
{
    ie->Layer2Protocol = blli->has_l2 ? blli->l2_protocol : SAP_FIELD_ABSENT;
    ie->Layer2UserSpecifiedProtocol = blli->has_l2_octets ? blli->l2_user : 0;
    ie->Layer3Protocol = blli->has_l3 ? blli->l3_protocol : SAP_FIELD_ABSENT;
    ie->Layer3UserSpecifiedProtocol = blli->l3_user;
    ie->Layer3IPI = SAP_FIELD_ABSENT;
    if (blli->has_l3 && blli->has_l3_octets && blli->l3_protocol == BLLI_L3_ISO_TR9577)
        ie->Layer3IPI = (ULONG)blli->ipi_high << 1 | blli->ipi_low;
    if (blli->has_snap) {
        ie->SnapId[0] = (UCHAR)(blli->snap_oui >> 16);
        ie->SnapId[1] = (UCHAR)(blli->snap_oui >> 8);
        ie->SnapId[2] = (UCHAR)blli->snap_oui;
        ie->SnapId[3] = (UCHAR)(blli->snap_pid >> 8);
        ie->SnapId[4] = (UCHAR)blli->snap_pid;
    }
}

static void read_low(const struct uni_message *message, struct hubsig_message *offer,
                     uint8_t *elements)
{
    union body body;
    if (message->has & UNI_HAS(AAL_PARAMETERS) && message->aal_parameters->type == 5) {
        AAL5_PARAMETERS *aal5 = &body.aal.AALSpecificParameters.AAL5Parameters;
        memset(&body, 0, sizeof(body));
        body.aal.AALType = AAL_TYPE_AAL5;
        aal5->ForwardMaxCPCSSDUSize = message->aal_parameters->forward_sdu_bytes;
        aal5->BackwardMaxCPCSSDUSize = message->aal_parameters->backward_sdu_bytes;
        aal5->Mode = message->aal_parameters->mode;
        aal5->SSCSType = message->aal_parameters->sscs;
        put_element(offer, elements, IE_AALParameters, &body.aal, sizeof(body.aal));
    }
    if (message->has & UNI_HAS(TRAFFIC)) {
        memset(&body, 0, sizeof(body));
        read_traffic(message->traffic, &body.traffic);
        put_element(offer, elements, IE_TrafficDescriptor, &body.traffic, sizeof(body.traffic));
    }
    if (message->has & UNI_HAS(BEARER)) {
        const struct uni_bearer *bearer = message->bearer;
        memset(&body, 0, sizeof(body));
        body.bearer.BearerClass = bearer->class == 0x01   ? BCOB_A
                                  : bearer->class == 0x03 ? BCOB_C
                                                          : BCOB_X;
        if (bearer->has_transfer) {
            body.bearer.TrafficType = bearer->transfer & 0x7C;
            body.bearer.TimingRequirements = bearer->transfer & 3;
        }
        body.bearer.ClippingSusceptability = bearer->clipping ? CLIP_SUS : CLIP_NOT;
        body.bearer.UserPlaneConnectionConfig = bearer->multipoint ? UP_P2MP : UP_P2P;
        put_element(offer, elements, IE_BroadbandBearerCapability, &body.bearer,
                    sizeof(body.bearer));
    }
}

void elements_read(const struct uni_message *message, struct hubsig_message *offer,
                   uint8_t *elements)
{
    union body body;
    memset(offer, 0, sizeof(*offer));
    read_address(offer->called, message->called_number->digits,
                 (message->has & UNI_HAS(CALLED_NUMBER)) && message->called_number->plan == 2);
    read_address(offer->calling, message->calling_number->digits,
                 (message->has & UNI_HAS(CALLING_NUMBER)) && message->calling_number->plan == 2);
    elements_read_flows(message, offer);
    read_low(message, offer, elements);
    if (message->has & UNI_HAS(BHLI)) {
        memset(&body, 0, sizeof(body));
        body.bhli.HighLayerInfoType = message->bhli->type;
        body.bhli.HighLayerInfoLength = message->bhli->info.byte_count;
        if (message->bhli->info.byte_count)
            memcpy(body.bhli.HighLayerInfo, message->bhli->info.bytes,
                   message->bhli->info.byte_count);
        put_element(offer, elements, IE_BHLI, &body.bhli, sizeof(body.bhli));
    }
    if (message->has & UNI_HAS(BLLI)) {
        memset(&body, 0, sizeof(body));
        read_blli(message->blli, &body.blli);
        put_element(offer, elements, IE_BLLI, &body.blli, sizeof(body.blli));
    }
    if (message->has & UNI_HAS(QOS)) {
        memset(&body, 0, sizeof(body));
        body.qos.QOSClassForward = message->qos->forward_class;
        body.qos.QOSClassBackward = message->qos->backward_class;
        put_element(offer, elements, IE_QOSClass, &body.qos, sizeof(body.qos));
    }
}
