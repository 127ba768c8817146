import { describe, expect, it } from 'vitest'

import { EXAMPLES } from '#main/cli/examples'
import { program } from '#main/cli/program'

import { fakeTerminal } from './fake-terminal'

/** The commands, with nothing behind them: `ran` names those that arguments were good for. */
function parser() {
  const terminal = fakeTerminal()
  const ran: string[] = []
  const root = program({ terminal, version: '1.2.3', workerFolder: '', listenForInterrupt: () => new AbortController().signal, onExit: () => undefined })
  for (const command of root.commands) command.action(() => void ran.push(command.name()))
  return { root, ran, terminal, parse: (args: readonly string[]) => root.parseAsync([...args], { from: 'user' }) }
}

const names = parser().root.commands.map((command) => command.name())

/** The arguments of a command line, as a shell splits it. */
function splitLine(line: string): string[] {
  const [command] = line.split(' < ')
  return [...command!.matchAll(/'([^']*)'|(\S+)/gu)].map(([, quoted, plain]) => quoted ?? plain!)
}

describe.each(names)('cni-lab %s', (name) => {
  it('has an option --json, and examples and exit codes in its help', async () => {
    const { parse, terminal } = parser()
    await expect(parse([name, '--help'])).rejects.toMatchObject({ code: 'commander.helpDisplayed', exitCode: 0 })
    expect(terminal.written.out).toMatch(/^ +--json /mu)
    expect(terminal.written.out).toMatch(/^Examples:\n {2}cni-lab /mu)
    expect(terminal.written.out).toMatch(/^Exit codes: 0 /mu)
  })

  it('takes its examples', async () => {
    const examples = EXAMPLES[name]!
    for (const example of examples) {
      const { parse, ran } = parser()
      await parse(splitLine(example))
      expect(ran, example).toEqual([name])
    }
  })
})

describe('cni-lab, given options that do not go together', () => {
  it.each([
    'routes --vectors v.json --variant host',
    'routes --vectors v.json --sizes 10',
    'routes lab.yaml --variant host --sizes 10 --node node-1',
    'reach --vectors v.json --staged',
    'reach lab.yaml --staged --draft other.yaml',
  ])('refuses %s', async (line) => {
    const { parse, ran } = parser()
    await expect(parse(splitLine(line))).rejects.toMatchObject({ code: 'commander.conflictingOption' })
    expect(ran).toEqual([])
  })
})
