/** Files in and out: a case read, and its result written, as CSV and as Arrow, in a temporary folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Case } from '../engine/case/case.js';
import { clear, FORMATS, readCase, writeCase, writeResult } from '../engine/index.js';
import type { Subject } from './harness.js';

export interface FileStages {
  readonly subjects: readonly Subject[];
  /** Removes the temporary folder. */
  readonly close: () => void;
}

export async function openFileStages(theCase: Case): Promise<FileStages> {
  const folder = mkdtempSync(join(tmpdir(), 'wattshare-files-'));
  const result = await clear(theCase);
  const subjects: Subject[] = [];
  for (const format of FORMATS) {
    const caseFolder = join(folder, `case-${format}`);
    await writeCase(theCase, caseFolder, format);
    subjects.push(
      {
        name: `read the case, ${format}`,
        run: async () => (await readCase(caseFolder)).prosumers.id.length,
      },
      {
        name: `write the result, ${format}`,
        run: async () => {
          await writeResult(result, join(folder, `result-${format}`), format);
          return 0;
        },
      },
    );
  }
  return { subjects, close: () => rmSync(folder, { recursive: true }) };
}
