using System.Collections.Concurrent;
using System.Text;
using Norris.Terminal;

namespace Norris.Tests.Terminal;

public sealed class OutputWriterTests
{
    [Fact]
    public async Task What_accumulates_during_a_write_goes_out_in_the_next_one()
    {
        using var stdout = new SlowOutput();
        var writer = new OutputWriter(stdout.Write);

        writer.Append("1\n"u8);
        stdout.WaitUntilWriting();
        writer.Append("2\n"u8);
        writer.Append("3\n"u8);
        stdout.Release();
        await writer.CompleteAsync();

        Assert.Equal(["1\n", "2\n3\n"], stdout.Written);
        Assert.False(writer.Failed.IsCompleted);
    }

    [Fact]
    public async Task A_slow_reader_holds_back_whoever_waits_for_it_and_nobody_else()
    {
        using var stdout = new SlowOutput();
        var writer = new OutputWriter(stdout.Write);
        writer.Append("x"u8);
        stdout.WaitUntilWriting();

        Assert.True(await writer.WriteAsync(new byte[OutputWriter.WaitingBytesMax], CancellationToken.None));
        ValueTask<bool> held = writer.WriteAsync("y"u8, CancellationToken.None);
        Assert.False(held.IsCompleted);
        writer.Append("z"u8);
        stdout.Release();

        Assert.True(await held);
        await writer.CompleteAsync();
        Assert.Equal(OutputWriter.WaitingBytesMax + 3, stdout.Written.Sum(text => text.Length));
    }

    [Fact]
    public async Task Flush_waits_for_what_was_appended_before()
    {
        using var stdout = new SlowOutput();
        var writer = new OutputWriter(stdout.Write);
        writer.Append("x"u8);
        stdout.WaitUntilWriting();

        Task flush = writer.FlushAsync();
        Assert.False(flush.IsCompleted);
        stdout.Release();

        await flush;
        Assert.Equal(["x"], stdout.Written);
    }

    [Theory]
    [InlineData(LibC.Epipe, true, "norris: nobody reads standard output any more")]
    [InlineData(LibC.Enospc, false, "norris: cannot write to standard output: no space is left on the device")]
    [InlineData(LibC.Eio, false, "norris: cannot write to standard output: input/output error")]
    public async Task A_failure_is_a_value_and_what_follows_is_dropped(int error, bool isQuiet, string line)
    {
        int writes = 0;
        var writer = new OutputWriter(_ =>
        {
            writes++;
            return error;
        });

        writer.Append("x"u8);
        OutputFailure failure = await writer.Failed;
        Assert.False(await writer.WriteAsync(new byte[OutputWriter.WaitingBytesMax * 2], CancellationToken.None));
        await writer.FlushAsync();
        await writer.CompleteAsync();

        Assert.Equal((isQuiet, line, 1), (failure.IsQuiet, failure.Line, writes));
    }

    [Fact]
    public void A_full_device_gives_its_error_number()
    {
        using FileStream full = File.OpenWrite("/dev/full");

        Assert.Equal(LibC.Enospc, StandardStreams.Write((int)full.SafeFileHandle.DangerousGetHandle(), "x"u8));
    }

    private sealed class SlowOutput : IDisposable
    {
        private readonly SemaphoreSlim _writing = new(0);
        private readonly ManualResetEventSlim _release = new();

        public ConcurrentQueue<string> Written { get; } = [];

        public int Write(ReadOnlyMemory<byte> bytes)
        {
            _writing.Release();
            _release.Wait();
            Written.Enqueue(Encoding.UTF8.GetString(bytes.Span));
            return 0;
        }

        public void WaitUntilWriting() => _writing.Wait();

        public void Release() => _release.Set();

        public void Dispose()
        {
            _writing.Dispose();
            _release.Dispose();
        }
    }
}
