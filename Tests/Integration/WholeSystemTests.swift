import Testing

/// Tests of the whole: real processes, one system at a time, since some measure how fast it answers.
@Suite("The whole system", .serialized, .timeLimit(.minutes(2)))
struct WholeSystemTests {}
