import CoreMetrics
import Feishu
import NIOCore
import NIOHTTP1

extension HTTPConnectionHandler {
    /// An event has arrived completely.
    func judge(_ delivery: EventDelivery, context: ChannelHandlerContext) {
        eventArrived = .now()
        phase = .storing
        switch delivery.course {
        case .refuse(let answer, let outcome):
            endEvent(outcome, answer, context: context)
        case .receive(let receiver):
            switch shared.ingress.judge(delivery, for: receiver) {
            case .challenge(let json):
                endEvent(.challenge, Answer(.ok, json: json), context: context)
            case .ignored:
                endEvent(.ignored, .accepted, context: context)
            case .refused(_, let reason):
                shared.log.refused(reason, appID: receiver.app.appID)
                endEvent(.refused(reason), reason.answer, context: context)
            case .event(let event):
                store(event, thenAnswering: .accepted, context: context)
            case .callback(let event):
                store(event, thenAnswering: CardToast(for: event).answer, context: context)
            }
        }
    }

    private func store(_ event: ReceivedEvent, thenAnswering answer: Answer, context: ChannelHandlerContext) {
        setDeadline(eventArrived + shared.limits.storeTimeout)
        let current = exchange
        shared.ingress.sink.store(event, on: context.eventLoop) { result in
            // Too late when the deadline was first: the answer was 503, and Feishu delivers the event again.
            guard let context = self.context, case .storing = self.phase, self.exchange == current else { return }
            switch result {
            case .success(let isNew):
                self.shared.log.stored()
                self.endEvent(isNew ? .stored : .duplicate, answer, context: context)
            case .failure(let error):
                self.failEvent(error, context: context)
            }
        }
    }

    /// The sink failed, or did not confirm in time (`error` is nil).
    func failEvent(_ error: (any Error)?, context: ChannelHandlerContext) {
        shared.log.notStored(error)
        endEvent(.unavailable, .unavailable, context: context)
    }

    private func endEvent(_ outcome: EventOutcome, _ answer: Answer, context: ChannelHandlerContext) {
        shared.metrics.count(outcome)
        shared.metrics.eventSeconds.recordNanoseconds((NIODeadline.now() - eventArrived).nanoseconds)
        self.answer(answer, context: context)
    }
}
