import Testing

/// Deployments of several servers under load, one at a time: they measure, and they mind a busy machine.
@Suite("Queues on several servers", .serialized, .timeLimit(.minutes(3)))
struct Topologies {}
