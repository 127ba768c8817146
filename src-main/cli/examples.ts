/** Examples of every command, as its help lists them: what follows `cni-lab`. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  run: [
    'run lab.cnilab.yaml',
    'run lab.cnilab.yaml --variant host --variant calico-ipip --seeds 3 --json',
    'run lab.cnilab.yaml --out report',
    "run lab.cnilab.yaml --variant calico-ipip --capture node-1/eth0 --filter 'tcp and port 8080' --pcap run.pcapng",
  ],
  validate: ['validate lab.cnilab.yaml', 'validate labs/*.cnilab.yaml --json', 'validate - < lab.cnilab.yaml'],
  import: ['import cluster.yaml --out lab.cnilab.yaml', 'import manifests/ values.yaml kind.yaml --out lab.cnilab.yaml --json'],
  export: ['export lab.cnilab.yaml --to kind --out cluster', 'export lab.cnilab.yaml --to helm --variant cilium-vxlan'],
  reach: ['reach lab.cnilab.yaml', 'reach lab.cnilab.yaml --variant calico-ipip --port 8080 --json', 'reach lab.cnilab.yaml --draft draft.cnilab.yaml'],
  model: ['model --table table.json', 'model --table table.json --json'],
  calibrate: ['calibrate one.json two.json --out calibration', 'calibrate table.json --out calibration --steps 0 --json'],
  bench: ['bench s1', 'bench s4p --workers 2 --json'],
  trace: [
    'trace lab.cnilab.yaml --variant calico-ipip --from default/client-0 --to default/server-0',
    'trace lab.cnilab.yaml --variant host --from external/client --to node/node-1 --protocol icmp --ttl 1 --pcap hop.pcapng',
  ],
  routes: [
    'routes lab.cnilab.yaml --variant calico-ipip --at 500ms',
    'routes lab.cnilab.yaml --variant calico-ipip --sizes 10,100,1000 --json',
    'routes --vectors topology.json --pcap bgp.pcapng',
  ],
  report: ['report results --format pdf --out report.pdf', 'report - --format md < results.json'],
  schema: ['schema'],
}
