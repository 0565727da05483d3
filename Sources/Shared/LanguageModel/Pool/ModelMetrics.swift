package import CoreMetrics
import Metrics
import NIOConcurrencyHelpers

/// What is counted of the requests to models, by their names here. Each instrument is made once and kept.
package final class ModelMetrics: Sendable {
    /// How a request ended.
    enum Ending: Hashable, Sendable {
        case answered
        case failed(LanguageModelError.Code)
        /// Nobody read the answer to its end.
        case abandoned

        /// The value of the label `outcome`; a code in the case of labels.
        var label: String {
            switch self {
            case .answered: "answered"
            case .failed(let code):
                code.rawValue.reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : "\($1)" }
            case .abandoned: "abandoned"
            }
        }
    }

    /// Those of one model.
    private final class Instruments: Sendable {
        let firstToken: Metrics.Timer
        let open: Meter
        let prompt: Counter
        let completion: Counter
        private let model: String
        private let factory: any MetricsFactory
        private let endings = NIOLockedValueBox<[Ending: Counter]>([:])

        init(_ model: String, factory: any MetricsFactory) {
            self.model = model
            self.factory = factory
            let name = [("model", model)]
            let tokens = "model_tokens_total"
            firstToken = Metrics.Timer(label: "model_first_token_seconds", dimensions: name, factory: factory)
            open = Meter(label: "model_open_streams", dimensions: name, factory: factory)
            prompt = Counter(label: tokens, dimensions: name + [("kind", "prompt")], factory: factory)
            completion = Counter(label: tokens, dimensions: name + [("kind", "completion")], factory: factory)
        }

        func counter(of ending: Ending) -> Counter {
            endings.withLockedValue { endings in
                if let counter = endings[ending] { return counter }
                let counter = Counter(
                    label: "model_requests_total",
                    dimensions: [("model", model), ("outcome", ending.label)],
                    factory: factory
                )
                endings[ending] = counter
                return counter
            }
        }
    }

    private let instruments: [String: Instruments]

    /// - Parameters:
    ///   - models: Their names here.
    ///   - factory: Where they are kept; by default the process's metrics system.
    package init(models: [String], factory: any MetricsFactory = MetricsSystem.factory) {
        instruments = Dictionary(uniqueKeysWithValues: models.map { ($0, Instruments($0, factory: factory)) })
    }

    /// A model has said its first word.
    func began(_ model: String, after duration: Duration) {
        instruments[model]?.firstToken.record(duration: duration)
        instruments[model]?.open.increment()
    }

    /// A request has ended. `hadBegun` is whether the model had said its first word.
    func ended(_ model: String, _ ending: Ending, hadBegun: Bool) {
        instruments[model]?.counter(of: ending).increment()
        if hadBegun { instruments[model]?.open.decrement() }
    }

    /// What an answer did cost, where the vendor tells.
    func used(_ usage: ChatUsage, of model: String) {
        instruments[model]?.prompt.increment(by: usage.promptTokens)
        instruments[model]?.completion.increment(by: usage.completionTokens)
    }
}
