/// Meetings written for tests.
package enum Transcripts {
    package static let chinese = """
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

    package static let english = """
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

    /// In the form of Feishu's own export: a header, and names with a time on lines of their own.
    package static let export = """
        青松系统切换会
        2026年11月18日 09:30｜时长 18分钟
        关键词：库存同步、回归测试、值班安排

        江雪 00:00:04
        今天定两件事：库存同步的切换时间，还有值班。

        何远舟 00:00:20
        库存同步上周压过，接口每秒两千次没有问题。
        我的想法是分两步走：先切华东，再切其他区域。

        苏晴 00:00:52
        回归测试我来负责，二十五号之前跑完。库存同步的脚本 10:30 再发一版。

        江雪 00:01:15
        那就这么定：二十八号切换，库存同步先切华东。

        何远舟 00:01:40
        我会二十七号发切换公告。值班我跟苏晴轮流。

        江雪 00:02:02
        好，今天就到这里。
        """

    /// The same form in English.
    package static let englishExport = """
        Pinewood cut-over
        18 November 2026 09:30 | Duration 18 min
        Keywords: stock sync, regression test, on-call

        Erin Shaw 00:00:04
        Two things today: when we switch the stock sync, and who is on call.

        Omar Haddad 00:00:20
        The stock sync handled two thousand requests a second.
        My proposal: start with one region, then the others.

        Lena Voss 00:00:52
        I will run the regression test by November 25th.

        Erin Shaw 00:01:15
        Decision: we switch on the 28th.
        """
}
