export { bareNetwork, type FlowSpec, type LinkSpec, type NetworkSpec } from './bare-network'
export { BENCHMARK_NAMES, benchmarkLab, type BenchmarkLab, type BenchmarkName } from './benchmark-labs'
