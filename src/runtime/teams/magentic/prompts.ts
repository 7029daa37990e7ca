/** Asks what is known about a task. */
export const factsPrompt = (task: string): string => `A team of agents is to solve this task:

${task}

Before anybody begins, write down what you know about it, from memory and without tools. Use four headings:

GIVEN: facts and figures that stand in the task itself.
TO LOOK UP: what has to be found, and where it probably is.
TO WORK OUT: what has to be calculated, concluded or written.
GUESSES: what you believe to be so, from experience, with a word on how sure you are.

Write these four lists only. The plan comes later.`

/** Asks for a plan. */
export const planPrompt = (team: string): string => `These are the members of the team:

${team}

Write a short plan for the task, as a list of steps. Say for each step who does it. Not everybody has to take part.`

/** Tells the team the task, who is there, what is known and how it is to be done. */
export const ledgerText = (ledger: { task: string; team: string; facts: string; plan: string }): string =>
  `The task of this team:

${ledger.task}

The members of the team:

${ledger.team}

What is known so far:

${ledger.facts}

The plan:

${ledger.plan}`

/** Asks how the work is getting on, who goes on, and with what. */
export const progressPrompt = (task: string, team: string, names: readonly string[]): string =>
  `Remember the task:

${task}

and the members of the team:

${team}

Look at the conversation and answer five questions, each with a reason:

- is_request_satisfied: Is the task done, completely and successfully? (true or false)
- is_in_loop: Do the same requests or answers come again and again, over two turns or many? (true or false)
- is_progress_being_made: Have the latest turns brought the task forward? False where they brought nothing new or something stands in the way that the team does not get past. (true or false)
- next_speaker: Who should go on? (one of: ${names.join(', ')})
- instruction_or_question: What do you tell or ask this member? Speak to them, and say all they need to know.

Answer with one JSON object and nothing else, in this form:

{
  "is_request_satisfied": { "reason": "…", "answer": true },
  "is_in_loop": { "reason": "…", "answer": false },
  "is_progress_being_made": { "reason": "…", "answer": true },
  "next_speaker": { "reason": "…", "answer": "${names[0]}" },
  "instruction_or_question": { "reason": "…", "answer": "…" }
}`

/** Asks for the facts once more, when the team has stalled. */
export const newFactsPrompt = (
  task: string,
  facts: string
): string => `The work on this task has come to a halt:

${task}

Go through the list of facts below in the light of what has happened. Move to GIVEN what has been found out, strike what proved wrong, add what is new, and put at least one new or better guess under GUESSES, with the reason for it. Write the whole list again, with the same headings.

${facts}`

/** Asks for another plan, when the team has stalled. */
export const newPlanPrompt = (
  team: string
): string => `Say in a few words what went wrong, and what was at the bottom of it. Then write a new plan, as a list of steps, that avoids it: do not repeat what did not work. Say for each step who does it. The members of the team are still these:

${team}`

/** Asks for the answer that the user gets; `{task}` stands for the task. */
export const usualAnswerPrompt = `The work on this task is over:

{task}

Write the final answer for the user who gave the task. Rely on what the conversation above has brought, and where the task is not done completely, say what is missing.`
