using System.Text;
using Norris.Protocol.Ordering;
using Norris.Terminal;

namespace Norris.Tests.Terminal;

public sealed class LineReaderTests
{
    private readonly List<string> _lines = [];
    private readonly List<string> _reports = [];

    [Theory]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\r\nb", "a|b")]
    [InlineData("\n\r\n\na\n\n", "a")]
    [InlineData("", "")]
    [InlineData("a\rb\n", "a\rb")]
    [InlineData("  a  \n", "  a  ")]
    [InlineData("é漢\n", "é漢")]
    public async Task Lines_come_whole_however_the_stream_is_split(string input, string expected)
    {
        foreach (int readBytes in (int[])[1, 2, 3, 1000])
        {
            _lines.Clear();
            Assert.Equal(InputEnd.EndOfInput, await RunAsync(Encoding.UTF8.GetBytes(input), readBytes));
            Assert.Equal(expected, string.Join('|', _lines));
        }
        Assert.Empty(_reports);
    }

    [Fact]
    public async Task What_is_not_utf8_is_replaced()
    {
        await RunAsync([0x61, 0xFF, 0x0A, 0xC3], 1000);

        Assert.Equal(["a\uFFFD", "\uFFFD"], _lines);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(4096)]
    [InlineData(1 << 20)]
    public async Task A_line_that_no_message_holds_is_reported_once_and_nothing_else_is_lost(int readBytes)
    {
        string fits = new('x', Entry.TextBytesMax);
        string tooLong = fits + "y";

        await RunAsync(Encoding.ASCII.GetBytes($"a\n{tooLong}\n{fits}\r\n{tooLong}{tooLong}\nb\n{tooLong}"), readBytes);

        Assert.Equal(["a", fits, "b"], _lines);
        Assert.Equal(
            [2, 4, 6],
            _reports.Select(report => int.Parse(report.Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal("norris: line 2 of standard input was not sent: it is longer than 65536 bytes", _reports[0]);
    }

    [Fact]
    public async Task A_line_that_only_its_repair_makes_too_long_is_reported()
    {
        byte[] invalid = Enumerable.Repeat((byte)0xFF, Entry.TextBytesMax / 2).ToArray();

        await RunAsync([.. invalid, (byte)'\n', (byte)'b'], 1 << 20);

        Assert.Equal(["b"], _lines);
        Assert.Single(_reports);
    }

    [Fact]
    public async Task A_sink_that_wants_no_more_ends_the_reading()
    {
        var reader = new LineReader(new SplitStream("a\nb\nc\n"u8.ToArray(), 1000), _reports.Add);

        InputEnd end = await reader.RunAsync((line, _) => Take(line, goesOn: _lines.Count < 1), CancellationToken.None);

        Assert.Equal((InputEnd.Stopped, 2), (end, _lines.Count));
    }

    [Fact]
    public async Task A_stream_that_blocks_does_not_hold_up_the_end()
    {
        using var cancellation = new CancellationTokenSource();
        var pipe = new System.IO.Pipelines.Pipe();
        Task<InputEnd> running = new LineReader(pipe.Reader.AsStream(), _reports.Add)
            .RunAsync((line, _) => Take(line, goesOn: true), cancellation.Token);
        Assert.False(running.IsCompleted);

        await cancellation.CancelAsync();

        Assert.Equal(InputEnd.Stopped, await running);
    }

    [Fact]
    public async Task A_failure_is_reported_on_one_line()
    {
        InputEnd end = await new LineReader(new SplitStream([], 1, new IOException("Is a directory")), _reports.Add)
            .RunAsync((line, _) => Take(line, goesOn: true), CancellationToken.None);

        Assert.Equal(InputEnd.Failed, end);
        Assert.Equal(["norris: cannot read standard input: Is a directory"], _reports);
    }

    private Task<InputEnd> RunAsync(byte[] input, int readBytes) =>
        new LineReader(new SplitStream(input, readBytes), _reports.Add).RunAsync((line, _) => Take(line, goesOn: true), CancellationToken.None);

    private ValueTask<bool> Take(ReadOnlyMemory<byte> line, bool goesOn)
    {
        _lines.Add(Encoding.UTF8.GetString(line.Span));
        return ValueTask.FromResult(goesOn);
    }

    /// <summary>Gives at most so many bytes a read, and fails at its end if it is told to.</summary>
    private sealed class SplitStream(byte[] content, int readBytes, Exception? failure = null) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => failure is not null
            ? ValueTask.FromException<int>(failure)
            : base.ReadAsync(buffer[..Math.Min(buffer.Length, readBytes)], cancellationToken);
    }
}
