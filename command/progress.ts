/** One line on a terminal's standard error that says what is being done; nothing anywhere else. */
import { terminalColumns } from './messages.js';

const CLEAR_LINE = '\r\u001b[2K';

export interface ProgressLine {
  show(stage: string, detail?: string): void;
  /** Takes the line away, before anything else is written. */
  clear(): void;
}

export function openProgressLine(quiet: boolean): ProgressLine {
  const { stderr } = process;
  const columns = terminalColumns();
  if (quiet || columns === undefined) return { show: () => undefined, clear: () => undefined };
  return {
    show: (stage, detail = '') => {
      const text = detail === '' ? stage : `${stage}: ${detail}`;
      // A line that wraps could not be taken away again.
      stderr.write(`${CLEAR_LINE}${text.slice(0, columns - 1)}`);
    },
    clear: () => stderr.write(CLEAR_LINE),
  };
}
