import { z } from 'zod'

/** An agent's name is an identifier, because it stands in prompts, tools and addresses. */
export const AgentName = z
  .string()
  .regex(/^[\p{L}_][\p{L}\p{N}_]*$/u, 'The agent name must be a valid identifier: letters, digits and _.')
