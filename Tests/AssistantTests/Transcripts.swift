/// Meetings written for these tests.
enum Transcripts {
    static let chinese = """
        会议主题：支付系统周会
        时间：2026-11-20 10:00
        参会人：张伟、李娜、王强、赵敏
        张伟：大家好，今天主要看支付回调延迟的问题。
        李娜：昨天高峰期支付回调延迟到了三秒，原因是队列积压，消费者数量不够。
        王强：我查了监控，队列积压最高到了八千条。
        张伟：那我们决定把支付回调的消费者从四个扩到十二个。
        李娜：好的，我来负责扩容，下周三前完成。
        王强：嗯，我会在周五之前补上队列积压的告警。
        赵敏：客户那边的说明谁来写？
        张伟：请赵敏明天下班前把给客户的说明发给我。
        赵敏：没问题。
        李娜：灰度比例要不要先从百分之十开始？
        张伟：这个我还不确定，会后再议。
        王强：另外，由小刘跟进老机房的下线，月底前给出方案。
        张伟：行，老机房的下线方案大家同意按小刘的计划走。今天就到这里。
        """

    static let english = """
        [00:00:05] Alice: Good morning, let's look at the checkout latency first.
        [00:00:12] Bob: Yesterday the checkout latency reached three seconds, because the webhook queue grew.
        [00:01:02] Carol: The webhook queue had eight thousand entries at the peak.
        [00:01:30] Alice: Okay, so we decided to move the webhook consumers to their own service.
        [00:02:10] Bob: I'll write the migration plan by Wednesday.
        [00:02:40] Carol: I can take the dashboards, I'll have them ready before Friday noon.
        [00:03:05] Alice: Bob, please send the customers a note by tomorrow.
        [00:03:20] Bob: Sure, will do.
        [00:03:40] Carol: How many percent of the traffic should we move in the first step?
        [00:03:55] Alice: I'm not sure, let's check that next time.
        [00:04:20] Bob: What is the name of the new service?
        [00:04:25] Alice: It is called relay.
        [00:05:00] Alice: We agreed to freeze deployments during the migration. Dave will review the firewall rules next week.
        """
}
