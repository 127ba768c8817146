import { Argument, Command, InvalidArgumentError, Option } from 'commander'

import { createExecutor, defaultWorkers } from '#main/pool/create-executor'
import { BENCHMARK_NAMES, type BenchmarkName } from '#main/simulation/bench/index'
import { EXPORT_TARGETS } from '#shared/contract/cluster-export'
import { maximumSeeds } from '#shared/contract/run-messages'
import { type Nanos, parseNanos } from '#shared/units/index'

import { benchCommand } from './bench-command'
import { calibrateCommand, type CalibrateOptions } from './calibrate-command'
import type { ExitCode } from './cli-error'
import type { Terminal } from './terminal'
import { EXAMPLES } from './examples'
import { exportCommand, type ExportOptions } from './export-command'
import { importCommand, type ImportOptions } from './import-command'
import { modelCommand, type ModelOptions } from './model-command'
import { reachCommand, type ReachOptions } from './reach-command'
import { runCommand, type RunOptions } from './run-command'
import { reportCommand, REPORT_FORMATS, type ReportOptions } from './report-command'
import { routesCommand, type RoutesOptions } from './routes-command'
import { schemaCommand } from './schema-command'
import { traceCommand, type TraceOptions } from './trace-command'
import { validateCommand, type ValidateOptions } from './validate-command'

/** What the command line needs of the process it runs in. */
export interface ProgramContext {
  readonly terminal: Terminal
  readonly version: string
  /** Where the built worker files are. */
  readonly workerFolder: string
  /** From its call on, an interrupt aborts the signal instead of ending the process. */
  readonly listenForInterrupt: () => AbortSignal
  /** Called with the outcome of the command that ran. */
  readonly onExit: (code: ExitCode) => void
}

const maximumWorkers = 1024
const highestPort = 65_535
/** What one datagram over IPv4 holds. */
const longestPayload = 65_507
/** tcpdump's longest. */
const longestSnap = 262_144
const maximumFitSteps = 100

/** The commands, their options and their help. Usage errors are thrown (`CommanderError`), not printed. */
export function program({ terminal, version, workerFolder, listenForInterrupt, onExit }: ProgramContext): Command {
  // Tasks in this thread leave no time to listen; an interrupt then ends the process.
  const listening = ({ workers }: { readonly workers?: number }) => (workers === 0 ? () => new AbortController().signal : listenForInterrupt)
  const root = new Command('cni-lab')
    .description('Simulates Kubernetes network plugins packet by packet and shows why they differ.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.error, outputError: () => undefined })
    .addHelpText('afterAll', '\nExit codes: 0 done, 1 an assertion or comparison failed, 2 bad input or usage, 130 interrupted.')

  root
    .command('run')
    .description('Runs the variants of a lab and compares them.')
    .argument('<lab>', 'lab file (*.cnilab.yaml)')
    .option('--variant <name>', 'run this variant only; can be given several times', collect)
    .option('--seeds <n>', "seeds 1 to n for each variant (the lab's number unless given)", wholeNumber(1, maximumSeeds))
    .option('--workers <n>', 'worker threads; 0 runs in the main thread (one a core unless given)', wholeNumber(0, maximumWorkers))
    .option('--out <dir>', 'write results.json, series.csv, charts and report.html into this folder')
    .option('--capture <interface>', 'capture NODE/DEVICE or SWITCH/NEIGHBOUR; can be given several times; one variant, one seed', collect)
    .option('--filter <expr>', "capture what matches only, like 'tcp and port 8080 and not host 10.0.0.1'")
    .option('--snap <n>', 'bytes captured of each frame at most (256 unless given)', wholeNumber(1, longestSnap))
    .option('--pcap <file>', 'write the capture into this file (PCAPNG)')
    .option('--json', 'print the result as JSON (cnilab/result/v1)')
    .action(async (lab: string, options: RunOptions & { readonly workers?: number }) => {
      const executor = await createExecutor(workerFolder, options.workers ?? defaultWorkers(false))
      try {
        onExit(await runCommand(lab, options, { terminal, executor, version, listenForInterrupt: listening(options) }))
      } finally {
        await executor.close()
      }
    })

  root
    .command('validate')
    .description('Prints the problems of lab files, with code, place and fix.')
    .argument('<files...>', 'lab files (*.cnilab.yaml)')
    .option('--json', 'print cnilab/problems/v1; an array of them for several files')
    .action(async (files: string[], options: ValidateOptions) => onExit(await validateCommand(files, options, terminal)))

  root
    .command('import')
    .description("Makes a lab of a cluster's objects, and lists what it leaves out.")
    .argument('<files...>', 'manifests or dumps (YAML or JSON), folders of them, or - for standard input')
    .requiredOption('--out <lab>', 'lab file to write (*.cnilab.yaml)')
    .option('--json', 'print what became of the objects as JSON (cnilab/import/v1)')
    .action(async (files: string[], options: ImportOptions) => onExit(await importCommand(files, options, terminal)))

  root
    .command('export')
    .description('Writes files that a real cluster, or a tool that makes one, accepts, and says what they do not hold.')
    .argument('<lab>', 'lab file (*.cnilab.yaml)')
    .addOption(new Option('--to <target>', 'who is to read the files').choices(EXPORT_TARGETS).makeOptionMandatory())
    .option('--variant <name>', 'this variant only (every one that has such files unless given)')
    .option('--out <dir>', 'write them into this folder (standard output unless given)')
    .option('--json', 'print files and warnings as JSON (cnilab/export/v1)')
    .action(async (lab: string, options: ExportOptions) => onExit(await exportCommand(lab, options, terminal)))

  root
    .command('reach')
    .description('Says who may talk to whom under network policies, and which rule decides.')
    .argument('[lab]', 'lab file (*.cnilab.yaml)')
    .addOption(
      new Option('--vectors <file>', 'answer the probes of a file of policy vectors instead').conflicts(['variant', 'port', 'staged', 'draft']),
    )
    .option('--variant <name>', 'this variant only; can be given several times', collect)
    .option('--port <n>', "port that pods are asked at (each pod's own first unless given)", wholeNumber(1, highestPort))
    .addOption(new Option('--protocol <name>', 'protocol that pods are asked by').choices(['TCP', 'UDP', 'SCTP']).default('TCP'))
    .addOption(new Option('--staged', "what enforcing the lab's staged policies would change").conflicts('draft'))
    .option('--draft <lab>', 'what another lab file with the same pods would change')
    .option('--json', 'print the verdicts as JSON (cnilab/reach/v1), or what would change (cnilab/impact/v1)')
    .action(async (lab: string | undefined, options: ReachOptions) => onExit(await reachCommand(lab, options, terminal)))

  root
    .command('model')
    .description('Predicts every row of a measurement table by simulating its testbed.')
    .requiredOption('--table <file>', 'measurement table (cnilab/measurements/v1)')
    .option('--workers <n>', 'worker threads; 0 runs in the main thread (one a core unless given)', wholeNumber(0, maximumWorkers))
    .option('--json', 'print the prediction as JSON (cnilab/model/v1)')
    .action(async (options: ModelOptions & { readonly workers?: number }) => {
      const executor = await createExecutor(workerFolder, options.workers ?? defaultWorkers(false))
      try {
        onExit(await modelCommand(options, { terminal, executor, listenForInterrupt: listening(options) }))
      } finally {
        await executor.close()
      }
    })

  root
    .command('calibrate')
    .description('Fits what stages cost to measurement tables, and says how far off that leaves each row.')
    .argument('<tables...>', 'measurement tables (cnilab/measurements/v1)')
    .requiredOption('--out <dir>', 'write fitted-costs.json, residuals.json and calibration.md into this folder')
    .option('--steps <n>', 'steps of the fit at most', wholeNumber(0, maximumFitSteps), 4)
    .option('--json', 'print how far off each row is as JSON (cnilab/calibration/v1)')
    .option('--workers <n>', 'worker threads; 0 runs in the main thread (one a core unless given)', wholeNumber(0, maximumWorkers))
    .action(async (tables: string[], options: CalibrateOptions & { readonly workers?: number }) => {
      const executor = await createExecutor(workerFolder, options.workers ?? defaultWorkers(false))
      try {
        onExit(await calibrateCommand(tables, options, { terminal, executor }))
      } finally {
        await executor.close()
      }
    })

  root
    .command('bench')
    .description('Runs a benchmark lab and prints how fast it went.')
    .addArgument(new Argument('<lab>', 'benchmark lab').choices(BENCHMARK_NAMES))
    .option('--workers <n>', 'threads on the one run, at most 2', wholeNumber(1, maximumWorkers))
    .option('--json', 'print the result as JSON (cnilab/bench/v1)')
    .action(async (lab: BenchmarkName, options: { readonly json?: boolean; readonly workers?: number }) => {
      const executor = await createExecutor(workerFolder, 1)
      try {
        onExit(await benchCommand(lab, options, { terminal, executor }))
      } finally {
        await executor.close()
      }
    })

  root
    .command('trace')
    .description('Walks one packet and its answer through a variant, device by device, with their bytes.')
    .argument('<lab>', 'lab file (*.cnilab.yaml)')
    .requiredOption('--variant <name>', "one of the lab's variants")
    .requiredOption('--from <ref>', 'who sends: namespace/pod, node/name, external/name or an address')
    .requiredOption('--to <ref>', 'who answers, named the same way, or service/namespace/name')
    .option('--port <n>', "the server's port (the pod's own first unless given)", wholeNumber(1, highestPort))
    .addOption(new Option('--protocol <name>', 'what is sent').choices(['tcp', 'udp', 'icmp', 'arp']).default('tcp'))
    .option('--ttl <n>', 'TTL of the packet (64 unless given)', wholeNumber(1, 255))
    .option('--tos <n>', 'its byte of DSCP and ECN (0 unless given)', wholeNumber(0, 255))
    .option('--size <n>', 'payload bytes of a datagram or an echo (56 unless given)', wholeNumber(0, longestPayload))
    .option('--no-df', 'let routers split it (“don’t fragment” is set otherwise)')
    .option('--pcap <file>', 'write the frames on every device crossed into this file (PCAPNG)')
    .option('--json', 'print the hops as JSON (cnilab/trace/v1)')
    .action(async (lab: string, options: TraceOptions) => onExit(await traceCommand(lab, options, terminal)))

  root
    .command('routes')
    .description('Prints the routes that every node comes to, and the BGP messages it took.')
    .argument('[lab]', 'lab file (*.cnilab.yaml)')
    .option('--variant <name>', "the lab's variant")
    .option('--at <time>', 'time of the lab, like 500ms (0s unless given)', time)
    .option('--node <name>', 'show this node only; can be given several times', collect)
    .addOption(
      new Option('--vectors <file>', 'answer a vector file instead: BGP speakers (cnilab/bgp-vector/v1), or claims of address blocks')
        .conflicts(['variant', 'at', 'node', 'sizes', 'record']),
    )
    .option('--pcap <file>', 'write what BGP puts on the wire, from the start of its daemons on, into this file (PCAPNG)')
    .addOption(
      new Option('--sizes <list>', 'tell of the start of clusters of so many nodes with the design instead, like 10,100,1000')
        .conflicts(['at', 'node', 'pcap', 'record']),
    )
    .option('--record', 'also what agents and tables hold; with --json also sessions, messages and changes over the time of the run')
    .option('--json', 'print cnilab/routes/v1')
    .action(async (lab: string | undefined, options: RoutesOptions) => onExit(await routesCommand(lab, options, terminal)))

  root
    .command('report')
    .description('Writes the comparison report of a run.')
    .argument('<run>', 'folder that run --out wrote, its results.json, or - for one on standard input')
    .addOption(new Option('--format <name>', 'what to write').choices(REPORT_FORMATS).default('html'))
    .option('--out <file>', 'write it into this file (standard output unless given)')
    .option('--json', 'the same as --format json (cnilab/report/v1)')
    .action(async (run: string, options: ReportOptions) => onExit(await reportCommand(run, options, { terminal, version })))

  root
    .command('schema')
    .description('Prints the JSON Schema of lab files.')
    .option('--json', 'print JSON (it always is)')
    .action(() => onExit(schemaCommand(terminal)))

  for (const command of root.commands) command.addHelpText('after', examplesText(command.name()))
  return root
}

function examplesText(command: string): string {
  return `\nExamples:\n${EXAMPLES[command]!.map((example) => `  cni-lab ${example}`).join('\n')}`
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value]
}

/** Parses an option as a whole number within bounds. */
function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/u.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`)
  }
}

/** Parses an option as a time: `500ms`. */
function time(text: string): Nanos {
  const parsed = parseNanos(text)
  if (parsed.ok) return parsed.value
  throw new InvalidArgumentError(parsed.error.message)
}
