import Feishu
import NIOConcurrencyHelpers

/// Says what the test lined up, then grants everything, and remembers what it was asked and told.
final class ScriptedGovernor: CallGovernor {
    private struct State {
        var slots: [CallSlot]
        var asked: [GovernedCall] = []
        var patience: [Duration] = []
        var givenBack: [CallPlace?] = []
        var noted: [FeishuError] = []
        var successes = 0
    }

    private let state: NIOLockedValueBox<State>

    let monthlyUsage: MonthlyUsage?

    init(_ slots: [CallSlot] = [], usage: MonthlyUsage? = nil) {
        state = NIOLockedValueBox(State(slots: slots))
        monthlyUsage = usage
    }

    var successes: Int { state.withLockedValue { $0.successes } }

    var asked: [GovernedCall] { state.withLockedValue { $0.asked } }
    var patience: [Duration] { state.withLockedValue { $0.patience } }
    /// What each call gave back as it asked.
    var givenBack: [CallPlace?] { state.withLockedValue { $0.givenBack } }
    var noted: [FeishuError] { state.withLockedValue { $0.noted } }

    func reserve(
        _ call: GovernedCall,
        within patience: Duration,
        insteadOf missed: CallPlace?
    ) async -> CallSlot {
        state.withLockedValue { state in
            state.asked.append(call)
            state.patience.append(patience)
            state.givenBack.append(missed)
            return state.slots.isEmpty ? .granted(wait: .zero) : state.slots.removeFirst()
        }
    }

    func note(_ refusal: FeishuError, of call: GovernedCall) async {
        state.withLockedValue { $0.noted.append(refusal) }
    }

    func noteSuccess() async { state.withLockedValue { $0.successes += 1 } }
}
