export type { FlowSpec } from './bare-flows'
export { bareNetwork, type LinkSpec, type NetworkSpec } from './bare-network'
export { BENCHMARK_NAMES, benchmarkLab, type BenchmarkLab, type BenchmarkName } from './benchmark-labs'
