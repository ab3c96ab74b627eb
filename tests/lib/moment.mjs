// Looks at a site across a moment: each answer is judged by the clock before it was asked for and after it came.
import { setTimeout as sleep } from "node:timers/promises";

/** Looks until well behind the moment `at`; what comes while it passes may be either. Answers how often each was judged. */
export async function across(at, look, { before, after }) {
  const judged = { before: 0, after: 0 };
  while (judged.after < 10) {
    const asked = Date.now();
    const answer = await look();
    if (Date.now() < at) {
      before(answer);
      judged.before += 1;
    } else if (asked >= at) {
      after(answer);
      judged.after += 1;
    }
    await sleep(20);
  }
  return judged;
}

/** A whole second, so many seconds from now or a little more. */
export const inSeconds = (seconds) => (Math.ceil(Date.now() / 1_000) + seconds) * 1_000;
