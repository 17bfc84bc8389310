/** Work in a fresh process: a script of this folder, its task and its answer as JSON. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * What the script answers; its standard error is ours.
 *
 * @param script name without its ending
 * @param signal ends the process
 * @throws Error when the process fails or is ended
 */
export async function runScript<Answer>(
  script: string,
  task: object,
  signal: AbortSignal,
): Promise<Answer> {
  const file = fileURLToPath(new URL(`./${script}.js`, import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  });
  let answer = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    answer += text;
  });
  await new Promise<void>((resolve, reject) => {
    let failure: Error | undefined;
    child.on('error', (error) => {
      failure = error;
    });
    // Only now is it certain that it writes no more files.
    child.on('close', (code, endedBy) => {
      if (code === 0 && failure === undefined) resolve();
      else reject(failure ?? new Error(`${script} ended with ${endedBy ?? `exit code ${code}`}`));
    });
  });
  const parsed: Answer = JSON.parse(answer);
  return parsed;
}
