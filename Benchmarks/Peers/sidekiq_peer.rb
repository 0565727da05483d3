# Sidekiq, the free one. Takes a job off its list before it runs it: what a killed worker held is gone.
# `ruby sidekiq_peer.rb COMMAND NUMBER…` enqueues as peer.py says; `sidekiq -r ./sidekiq_peer.rb` works.
require 'sidekiq'

JOURNAL = File.open(ENV.fetch('BENCHMARK_JOURNAL'), File::WRONLY | File::APPEND | File::CREAT, 0o600)
Sidekiq.configure_client { |config| config.redis = { url: ENV.fetch('BENCHMARK_REDIS_URL') } }
Sidekiq.configure_server { |config| config.redis = { url: ENV.fetch('BENCHMARK_REDIS_URL') } }
Sidekiq.logger.level = Logger::ERROR

def now
  Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
end

class NoOp
  include Sidekiq::Worker
  sidekiq_options retry: 3

  def perform(number); end
end

class Timed
  include Sidekiq::Worker

  def perform(number)
    JOURNAL.syswrite("#{now - number}\n")
  end
end

class Sleeper
  include Sidekiq::Worker

  def perform(number)
    JOURNAL.syswrite("0\n")
    sleep(number)
  end
end

def print_seconds
  started = now
  yield
  puts (now - started) / 1e9
end

if $PROGRAM_NAME == __FILE__
  command, count, more = ARGV[0], ARGV[1].to_i, ARGV[2].to_i
  Sidekiq.redis(&:ping)
  case command
  when 'single' then print_seconds { count.times { |number| NoOp.perform_async(number) } }
  when 'bulk'
    print_seconds { (0...count).each_slice(1000) { |slice| Sidekiq::Client.push_bulk('class' => NoOp, 'args' => slice.zip) } }
  when 'probe'
    count.times do
      Timed.perform_async(now)
      sleep(more / 1000.0)
    end
  when 'sleepers' then count.times { Sleeper.perform_async(more) }
  else abort "unknown command #{command}"
  end
end
