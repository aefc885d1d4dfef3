/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The agents that there are: the rows of agents.def. Each is `agent_ID` in src/agents/ID.c. */
#include "agents/agent.h"

#define AGENT(id) extern const struct agent agent_##id;
#include "agents/agents.def"
#undef AGENT

const struct agent *const agents[] = {
#define AGENT(id) &agent_##id,
#include "agents/agents.def"
#undef AGENT
  NULL
};
