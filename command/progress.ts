/** One line on a terminal's standard error that says what is being done; nothing anywhere else. */

const CLEAR_LINE = '\r\u001b[2K';
const DEFAULT_WIDTH = 80;

export interface ProgressLine {
  show(stage: string, detail?: string): void;
  /** Takes the line away, before anything else is written. */
  clear(): void;
}

export function openProgressLine(quiet: boolean): ProgressLine {
  const { stderr } = process;
  if (quiet || !stderr.isTTY) return { show: () => undefined, clear: () => undefined };
  return {
    show: (stage, detail = '') => {
      const text = detail === '' ? stage : `${stage}: ${detail}`;
      // A line that wraps could not be taken away again. Some terminals say that they have 0 columns.
      stderr.write(`${CLEAR_LINE}${text.slice(0, (stderr.columns || DEFAULT_WIDTH) - 1)}`);
    },
    clear: () => stderr.write(CLEAR_LINE),
  };
}
