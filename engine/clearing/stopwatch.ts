/** Time by stage, for the result; nothing in a clearing depends on it. */
import type { ClearProgress } from './options.js';
import type { Timing } from './result.js';

export class Stopwatch {
  private readonly started = performance.now();
  private readonly stages: Record<string, number> = {};
  private stage = '';
  private entered = this.started;

  constructor(private readonly onProgress: (progress: ClearProgress) => void) {}

  /** Ends the present stage and begins another. */
  enter(stage: string, detail: string): void {
    this.leave();
    this.stage = stage;
    this.onProgress({ stage, detail });
  }

  /** Milliseconds by stage, and in total. */
  stop(): Timing {
    this.leave();
    return { ...this.stages, total: performance.now() - this.started };
  }

  private leave(): void {
    const now = performance.now();
    if (this.stage !== '') {
      this.stages[this.stage] = (this.stages[this.stage] ?? 0) + now - this.entered;
    }
    this.entered = now;
  }
}
