import { type Channel, type Frame, LANES, type Reply } from "./channel";

/** A script that waits for a lane. */
export interface Work extends Omit<Frame, "lane"> {
  /** Changes nothing and is quick: several may be on their way on one lane, without a round trip between. */
  query: boolean;
  /** Called when the frame is sent; until then nothing can have happened. */
  onSent(): void;
}

interface Waiting {
  work: Work;
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

interface Lane {
  number: number;
  running: number;
  changing: boolean;
}

/** How many queries may be on their way on one lane at once. */
const DEPTH = 32;

/** Hands scripts to the lanes of a channel: a change gets a lane of its own, queries travel together. */
export class LaneQueue {
  private readonly waiting: Waiting[] = [];
  private readonly lanes = Array.from({ length: LANES }, (_, index): Lane => ({
    number: index + 1,
    running: 0,
    changing: false,
  }));

  constructor(private readonly channel: Channel) {}

  /** Runs a script as soon as a lane is free. */
  run(work: Work): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ work, resolve, reject });
      this.pump();
    });
  }

  /** Gives up what has not been sent. */
  rejectWaiting(error: Error): void {
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }

  private pump(): void {
    // A change that waits for a free lane does not hold up the queries behind it.
    for (let at = 0; at < this.waiting.length;) {
      const next = this.waiting[at]!;
      const lane = this.laneFor(next.work);
      if (lane) {
        this.waiting.splice(at, 1);
        this.send(lane, next);
      } else if (next.work.query) return;
      else at = this.firstQueryAfter(at);
    }
  }

  private firstQueryAfter(at: number): number {
    const found = this.waiting.findIndex(({ work }, index) => index > at && work.query);
    return found < 0 ? this.waiting.length : found;
  }

  private laneFor({ query }: Work): Lane | undefined {
    // One lane is left to queries, however long the changes take.
    const changing = this.lanes.filter((lane) => lane.changing).length;
    if (!query && changing === LANES - 1) return undefined;
    const open = this.lanes.filter(
      (lane) => !lane.changing && (query ? lane.running < DEPTH : lane.running === 0),
    );
    return open.sort((a, b) => a.running - b.running)[0];
  }

  private send(lane: Lane, { work, resolve, reject }: Waiting): void {
    lane.running++;
    lane.changing = !work.query;
    work.onSent();
    void this.channel
      .run({ ...work, lane: lane.number })
      .then(resolve, reject)
      .finally(() => {
        lane.running--;
        if (!work.query) lane.changing = false;
        this.pump();
      });
  }
}
