import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

import { root } from './set-up/root.mjs'

const PODS = 5000
const POLICIES = 500
const NAMESPACES = 50
const APPS = 500
const NODES = 50

/** What an answer must stay within, in seconds; an import has ten. */
const LIMIT = 1
const IMPORT_LIMIT = 10

/** @typedef {{ scenario: string, question: string, wallSeconds: number, limit: number }} MeasuredAnswer */

/**
 * Imports a dump of 5,000 pods and 500 policies on the command line, then asks in a fresh process for the matrix of all pods,
 * and the questions that follow a first one: another port, protocol or grouping, a second variant, a cell.
 * @returns {MeasuredAnswer[]}
 */
export function measurePolicies() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cni-lab-bench-'))
  try {
    const [dump, lab] = [path.join(folder, 'dump.json'), path.join(folder, 'large.cnilab.yaml')]
    writeFileSync(dump, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: largeDump() }))
    const started = process.hrtime.bigint()
    execFileSync(process.execPath, [path.join(root, 'out/main/cli.js'), 'import', dump, '--out', lab], { stdio: 'ignore' })
    const imported = { question: 'import', wallSeconds: Number(process.hrtime.bigint() - started) / 1e9, limit: IMPORT_LIMIT }
    const output = execFileSync(process.execPath, [path.join(root, 'scripts/bench-policies.mjs'), lab], { encoding: 'utf8' })
    return [imported, ...JSON.parse(output)].map((answer) => ({ scenario: `policies-${answer.question.replaceAll(' ', '-')}`, ...answer }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * @param {MeasuredAnswer} result
 * @param {MeasuredAnswer | undefined} before
 */
export function policiesLine({ question, wallSeconds, limit }, before) {
  const change = before === undefined ? 'nothing saved to compare with' : `saved: ${before.wallSeconds.toFixed(2)} s`
  return `policies ${question.padEnd(26)} ${wallSeconds.toFixed(2).padStart(6)} s, ${wallSeconds < limit ? 'within' : 'OVER'} ${limit} s   ${change}`
}

function largeDump() {
  const range = (/** @type {number} */ count) => Array.from({ length: count }, (_, index) => index)
  return [
    ...range(NODES).map((node) => ({
      apiVersion: 'v1', kind: 'Node', metadata: { name: `node-${node}` },
      status: { capacity: { cpu: '16' }, addresses: [{ type: 'InternalIP', address: `10.0.0.${node + 10}` }] },
    })),
    ...range(NAMESPACES).map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `ns-${name}`, labels: { team: `team-${name % 7}` } } })),
    ...range(PODS).map(pod),
    ...range(POLICIES).map(policy),
  ]
}

/** @param {number} index */
function pod(index) {
  const app = index % APPS
  return {
    apiVersion: 'v1', kind: 'Pod',
    metadata: { name: `app-${app}-${Math.floor(index / APPS)}`, namespace: `ns-${app % NAMESPACES}`, labels: { app: `app-${app}`, tier: TIERS[app % TIERS.length] } },
    spec: { nodeName: `node-${index % NODES}`, containers: [{ name: 'main', image: 'main', ports: [{ name: 'http', containerPort: 8000 + (app % 20) }] }] },
    status: { phase: 'Running', podIP: `10.244.${Math.floor(index / 250)}.${(index % 250) + 1}` },
  }
}

const TIERS = ['web', 'api', 'db']

/** @param {number} index */
function policy(index) {
  const from = [{ podSelector: { matchLabels: { tier: TIERS[index % TIERS.length] } } }, { namespaceSelector: { matchLabels: { team: `team-${index % 7}` } } }]
  const isBoth = index % 3 === 0
  return {
    apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: `policy-${index}`, namespace: `ns-${index % NAMESPACES}` },
    spec: {
      podSelector: index % 5 === 0 ? {} : { matchLabels: { app: `app-${index % APPS}` } },
      policyTypes: isBoth ? ['Ingress', 'Egress'] : ['Ingress'],
      ingress: [{ from, ports: [{ port: index % 2 === 0 ? 8000 + (index % 20) : 'http' }] }, { from: [{ ipBlock: { cidr: '10.244.0.0/18', except: ['10.244.4.0/24'] } }] }],
      ...(isBoth ? { egress: [{ to: [{ namespaceSelector: {} }], ports: [{ protocol: 'UDP', port: 53 }] }, { to: [{ namespaceSelector: { matchLabels: { team: `team-${(index + 1) % 7}` } } }] }] } : {}),
    },
  }
}

/**
 * Asks in this process, which knows nothing yet, and prints how long each answer took.
 * @param {string} lab
 */
async function ask(lab) {
  const { reachInLab, explainInLab } = await import(pathToFileURL(path.join(root, 'out/main/simulation-task.js')).href)
  const text = readFileSync(lab, 'utf8')
  const question = { text, variants: ['calico'], by: 'pod', protocol: 'TCP' }
  const questions = {
    'matrix of pods': () => reachInLab(question),
    'another port': () => reachInLab({ ...question, port: 80 }),
    'another protocol': () => reachInLab({ ...question, protocol: 'UDP', port: 53 }),
    'by workload': () => reachInLab({ ...question, by: 'workload' }),
    'by namespace': () => reachInLab({ ...question, by: 'namespace' }),
    'against a second variant': () => reachInLab({ ...question, variants: ['calico', 'cilium'] }),
    'why between namespaces': () => explainInLab({ ...question, by: 'namespace', from: 'ns-0', to: 'ns-1' }),
  }
  const answers = Object.entries(questions).map(([name, run]) => {
    const started = process.hrtime.bigint()
    const outcome = run()
    if (!outcome.ok) throw new Error(outcome.refusal.message)
    return { question: name, wallSeconds: Number(process.hrtime.bigint() - started) / 1e9, limit: LIMIT }
  })
  process.stdout.write(JSON.stringify(answers))
}

const [, entry, asked] = process.argv
if (entry === path.join(root, 'scripts/bench-policies.mjs') && asked !== undefined) await ask(asked)
