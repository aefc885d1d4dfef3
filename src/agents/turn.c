/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a turn returns: claims and proposals, deep copies in one arena of strings, so that an agent may let go of
 * everything it worked with. No rule lives here; the runtime refuses what has no evidence. */
#include "agents/agent.h"

struct turn {
  GStringChunk *texts;
  GArray *claims, *proposals, *handovers; /* struct claim, struct proposal, struct handover */
  GPtrArray *evidence;        /* arrays that the claims point to */
  int64_t again;              /* 0: none */
};

struct turn *turn_new(void)
{
  struct turn *turn = g_new0(struct turn, 1);
  turn->texts = g_string_chunk_new(4096);
  turn->claims = g_array_new(FALSE, FALSE, sizeof(struct claim));
  turn->proposals = g_array_new(FALSE, FALSE, sizeof(struct proposal));
  turn->handovers = g_array_new(FALSE, FALSE, sizeof(struct handover));
  turn->evidence = g_ptr_array_new_with_free_func(g_free);
  return turn;
}

void turn_free(struct turn *turn)
{
  if (turn == NULL)
    return;
  g_string_chunk_free(turn->texts);
  g_array_unref(turn->claims);
  g_array_unref(turn->proposals);
  g_array_unref(turn->handovers);
  g_ptr_array_unref(turn->evidence);
  g_free(turn);
}

static const char *keep(struct turn *turn, const char *text)
{
  return text ? g_string_chunk_insert_const(turn->texts, text) : NULL;
}

void turn_claim(struct turn *turn, const struct claim *claim)
{
  struct claim copy = *claim;
  copy.predicate = keep(turn, claim->predicate);
  copy.subject = keep(turn, claim->subject);
  copy.value = keep(turn, claim->value);
  struct evidence *rows = g_new0(struct evidence, (size_t)MAX(claim->evidence_count, 1));
  for (int i = 0; i < claim->evidence_count; i++) {
    rows[i] = claim->evidence[i];
    rows[i].sentence = keep(turn, claim->evidence[i].sentence);
    rows[i].about = keep(turn, claim->evidence[i].about);
  }
  g_ptr_array_add(turn->evidence, rows);
  copy.evidence = rows;
  g_array_append_val(turn->claims, copy);
}

void turn_propose(struct turn *turn, const struct proposal *proposal)
{
  struct proposal copy = *proposal;
  copy.kind = keep(turn, proposal->kind);
  copy.subject = keep(turn, proposal->subject);
  copy.title = keep(turn, proposal->title);
  copy.body = keep(turn, proposal->body);
  g_array_append_val(turn->proposals, copy);
}

void turn_hand_over(struct turn *turn, const struct handover *handover)
{
  struct handover copy = *handover;
  copy.asset = keep(turn, handover->asset);
  copy.block = keep(turn, handover->block);
  copy.channel = keep(turn, handover->channel);
  copy.title = keep(turn, handover->title);
  copy.reason = keep(turn, handover->reason);
  g_array_append_val(turn->handovers, copy);
}

void turn_again(struct turn *turn, int64_t at)
{
  turn->again = turn->again ? MIN(turn->again, at) : at;
}

int64_t turn_again_at(const struct turn *turn)
{
  return turn->again;
}

int turn_claims(const struct turn *turn)
{
  return (int)turn->claims->len;
}

const struct claim *turn_claim_at(const struct turn *turn, int index)
{
  g_assert(index >= 0 && index < turn_claims(turn));
  return &g_array_index(turn->claims, struct claim, index);
}

int turn_proposals(const struct turn *turn)
{
  return (int)turn->proposals->len;
}

const struct proposal *turn_proposal_at(const struct turn *turn, int index)
{
  g_assert(index >= 0 && index < turn_proposals(turn));
  return &g_array_index(turn->proposals, struct proposal, index);
}

int turn_handovers(const struct turn *turn)
{
  return (int)turn->handovers->len;
}

const struct handover *turn_handover_at(const struct turn *turn, int index)
{
  g_assert(index >= 0 && index < turn_handovers(turn));
  return &g_array_index(turn->handovers, struct handover, index);
}
