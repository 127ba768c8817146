// The benchmark labs s1, s2, s3, s4 and s4p for ns-3 3.37: the same packets as `cni-lab bench` sends, to compare results and
// speed on one machine. See README.md beside this file.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/traffic-control-module.h"

using namespace ns3;

namespace {

struct Lab {
  uint32_t leaves, spines, perLeaf, seed;
  bool tcp, poisson;
  double gapNs, simulatedNs;
  uint32_t bufferBytes;
};

constexpr uint32_t PAYLOAD = 1400;
constexpr uint32_t SEGMENT = 1448;
constexpr uint16_t PORT = 9000;

uint32_t XorShift(uint32_t& state) {
  state ^= state << 13;
  state ^= state >> 17;
  return state ^= state << 5;
}

struct SentAt : public Tag {
  int64_t ns = 0;
  static TypeId GetTypeId() {
    static TypeId id = TypeId("SentAt").SetParent<Tag>().AddConstructor<SentAt>();
    return id;
  }
  TypeId GetInstanceTypeId() const override { return GetTypeId(); }
  uint32_t GetSerializedSize() const override { return 8; }
  void Serialize(TagBuffer buffer) const override { buffer.WriteU64(ns); }
  void Deserialize(TagBuffer buffer) override { ns = buffer.ReadU64(); }
  void Print(std::ostream&) const override {}
};

struct Results {
  uint64_t sent = 0, delivered = 0, bytes = 0, hops = 0;
  double latencyNs = 0;
} results;

struct Source {
  Ptr<Socket> socket;
  uint32_t state;
};
std::vector<Source> sources;
Lab lab;

void Send(uint32_t flow) {
  const int64_t now = Simulator::Now().GetNanoSeconds();
  if (now >= lab.simulatedNs) return;
  Ptr<Packet> packet = Create<Packet>(PAYLOAD);
  SentAt tag;
  tag.ns = now;
  packet->AddPacketTag(tag);
  sources[flow].socket->Send(packet);
  results.sent++;
  double gap = lab.gapNs;
  if (lab.poisson) {
    const double unit = (XorShift(sources[flow].state) + 1.0) / 4294967296.0;
    gap = std::min(200000.0, std::floor(-std::log(unit) * lab.gapNs) + 1);
  }
  Simulator::Schedule(NanoSeconds(gap), &Send, flow);
}

void Receive(Ptr<Socket> socket) {
  while (Ptr<Packet> packet = socket->Recv()) {
    SentAt tag;
    packet->PeekPacketTag(tag);
    results.delivered++;
    results.latencyNs += Simulator::Now().GetNanoSeconds() - tag.ns;
  }
}

void Sunk(Ptr<const Packet> packet, const Address&) { results.bytes += packet->GetSize(); }

void Transmitted(Ptr<const Packet>) { results.hops++; }

std::vector<uint32_t> Permutation(uint32_t count, uint32_t state) {
  std::vector<uint32_t> order(count);
  for (;;) {
    for (uint32_t i = 0; i < count; i++) order[i] = i;
    for (uint32_t i = count - 1; i > 0; i--) std::swap(order[i], order[XorShift(state) % (i + 1)]);
    bool moved = true;
    for (uint32_t i = 0; i < count; i++) moved = moved && order[i] != i;
    if (moved) return order;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string name = argc > 1 ? argv[1] : "s4p";
  if (name == "s1") lab = {1, 0, 2, 0, false, false, 11200, 1e9, 0};
  else if (name == "s2") lab = {1, 0, 2, 0, true, false, 0, 0.5e9, 131072};
  else if (name == "s3") lab = {4, 2, 8, 12345, true, false, 0, 0.1e9, 4194304};
  else lab = {16, 4, 16, 777, false, name == "s4p", 22400, 0.05e9, 0};
  const uint32_t hostCount = lab.leaves * lab.perLeaf;

  Config::SetDefault("ns3::TcpL4Protocol::SocketType", StringValue("ns3::TcpCubic"));
  Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(SEGMENT));
  if (lab.tcp) {
    Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(lab.bufferBytes));
    Config::SetDefault("ns3::TcpSocket::RcvBufSize", UintegerValue(lab.bufferBytes));
  }

  NodeContainer hosts, leaves, spines;
  hosts.Create(hostCount);
  leaves.Create(lab.leaves);
  spines.Create(lab.spines);
  Ipv4StaticRoutingHelper routing;
  InternetStackHelper stack;
  stack.SetRoutingHelper(routing);
  stack.SetIpv6StackInstall(false);
  for (const auto& nodes : {hosts, leaves, spines}) stack.Install(nodes);

  PointToPointHelper wire;
  wire.SetDeviceAttribute("DataRate", StringValue("10Gbps"));
  wire.SetChannelAttribute("Delay", StringValue("5us"));
  Ipv4AddressHelper addresses;
  uint32_t networks = 0;
  const auto link = [&](Ptr<Node> a, Ptr<Node> b, bool aIsHost) {
    NetDeviceContainer devices;
    wire.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("100p"));
    devices = wire.Install(a, b);
    if (aIsHost) {
      DynamicCast<PointToPointNetDevice>(devices.Get(0))->GetQueue()->SetMaxSize(QueueSize("1000p"));
    }
    const uint32_t network = networks++;
    char base[20];
    std::snprintf(base, sizeof base, "10.%u.%u.0", network / 256, network % 256);
    addresses.SetBase(base, "255.255.255.0");
    const Ipv4InterfaceContainer interfaces = addresses.Assign(devices);
    TrafficControlHelper().Uninstall(devices);
    for (uint32_t i = 0; i < 2; i++) devices.Get(i)->TraceConnectWithoutContext("PhyTxEnd", MakeCallback(&Transmitted));
    return interfaces;
  };
  const auto table = [&](Ptr<Node> node) { return routing.GetStaticRouting(node->GetObject<Ipv4>()); };

  std::vector<Ipv4Address> address(hostCount);
  for (uint32_t host = 0; host < hostCount; host++) {
    const auto ends = link(hosts.Get(host), leaves.Get(host / lab.perLeaf), true);
    address[host] = ends.GetAddress(0);
    table(hosts.Get(host))->SetDefaultRoute(ends.GetAddress(1), 1);
  }
  std::vector<std::vector<Ipv4InterfaceContainer>> trunk(lab.leaves);
  for (uint32_t leaf = 0; leaf < lab.leaves; leaf++) {
    for (uint32_t spine = 0; spine < lab.spines; spine++) trunk[leaf].push_back(link(leaves.Get(leaf), spines.Get(spine), false));
  }

  const std::vector<uint32_t> target = lab.spines > 0 ? Permutation(hostCount, lab.seed) : std::vector<uint32_t>{1};
  const auto route = [&](uint32_t from, uint32_t to) {
    const uint32_t leaf = from / lab.perLeaf, farLeaf = to / lab.perLeaf;
    if (leaf == farLeaf) return;
    const uint32_t spine = (std::min(from, to) * 7 + std::max(from, to)) % lab.spines;
    auto& up = trunk[leaf][spine];
    auto& down = trunk[farLeaf][spine];
    table(leaves.Get(leaf))->AddHostRouteTo(address[to], up.GetAddress(1), up.Get(0).second);
    table(spines.Get(spine))->AddHostRouteTo(address[to], down.GetAddress(0), down.Get(1).second);
  };
  sources.resize(target.size());
  for (uint32_t flow = 0; flow < target.size(); flow++) {
    const uint32_t to = target[flow];
    route(flow, to);
    if (lab.tcp) route(to, flow);
    const Time start = NanoSeconds(flow * 87 + 1);
    if (lab.tcp) {
      PacketSinkHelper sink("ns3::TcpSocketFactory", InetSocketAddress(Ipv4Address::GetAny(), PORT));
      sink.Install(hosts.Get(to)).Get(0)->TraceConnectWithoutContext("Rx", MakeCallback(&Sunk));
      BulkSendHelper bulk("ns3::TcpSocketFactory", InetSocketAddress(address[to], PORT));
      bulk.SetAttribute("SendSize", UintegerValue(SEGMENT));
      bulk.Install(hosts.Get(flow)).Start(start);
      continue;
    }
    const auto receiver = Socket::CreateSocket(hosts.Get(to), UdpSocketFactory::GetTypeId());
    receiver->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
    receiver->SetRecvCallback(MakeCallback(&Receive));
    const auto sender = Socket::CreateSocket(hosts.Get(flow), UdpSocketFactory::GetTypeId());
    sender->Bind();
    sender->Connect(InetSocketAddress(address[to], PORT));
    sources[flow] = {sender, (flow + 1) * 7919};
    Simulator::Schedule(start, &Send, flow);
  }
  if (lab.tcp) Simulator::Stop(NanoSeconds(lab.simulatedNs));

  const auto wallStart = std::chrono::steady_clock::now();
  const std::clock_t cpuStart = std::clock();
  Simulator::Run();
  const double cpu = static_cast<double>(std::clock() - cpuStart) / CLOCKS_PER_SEC;
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - wallStart).count();
  std::printf("%s hops %lu cpu %.2f s wall %.2f s, %.3f Mhops per CPU-second", name.c_str(), results.hops, cpu, wall, results.hops / cpu / 1e6);
  if (lab.tcp) std::printf(", goodput %.3f Gbit/s\n", results.bytes * 8 / lab.simulatedNs);
  else std::printf(", delivered %lu, mean latency %.2f ns\n", results.delivered, results.latencyNs / results.delivered);
}
