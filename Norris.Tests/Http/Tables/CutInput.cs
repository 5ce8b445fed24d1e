using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Norris.Transport;

namespace Norris.Tests.Http.Tables;

/// <summary>Input that arrives in given parts, each a segment of its own, one more whenever the reader has examined all before it.</summary>
internal sealed class CutInput : PipeReader
{
    private readonly Segment[] _segments;
    private int _visible;
    private long _consumed;
    private long _examined = -1;
    private bool _isReading;

    public CutInput(byte[] bytes, params int[] cuts)
    {
        int[] ends = [.. cuts.Where(cut => cut > 0 && cut < bytes.Length), bytes.Length];
        _segments = new Segment[ends.Length];
        int start = 0;
        for (int index = 0; index < ends.Length; index++)
        {
            _segments[index] = new Segment(bytes.AsMemory(start, ends[index] - start), index == 0 ? null : _segments[index - 1]);
            start = ends[index];
        }
    }

    private long VisibleEnd => _visible == 0 ? 0 : _segments[_visible - 1].End;

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        Assert.True(_isReading, "Advanced without a read.");
        _isReading = false;
        (long to, long seen) = (OffsetOf(consumed), OffsetOf(examined));
        Assert.InRange(to, _consumed, VisibleEnd);
        Assert.InRange(seen, to, VisibleEnd);
        (_consumed, _examined) = (to, Math.Max(seen, _examined));
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        Assert.False(_isReading, "Read twice without advancing.");
        _isReading = true;
        if (_examined >= VisibleEnd || _visible == 0)
        {
            _visible = Math.Min(_visible + 1, _segments.Length);
        }

        // The end comes only after everything else was examined, as with a peer that thinks before it closes.
        bool isCompleted = _visible == _segments.Length && _examined >= VisibleEnd;
        return new(new ReadResult(Buffer(), isCanceled: false, isCompleted));
    }

    public override bool TryRead(out ReadResult result) => throw new NotSupportedException();

    public override void CancelPendingRead() => throw new NotSupportedException();

    public override void Complete(Exception? exception = null)
    {
    }

    private ReadOnlySequence<byte> Buffer()
    {
        Segment last = _segments[_visible - 1];
        Segment first = _segments.First(each => each.End > _consumed || each == last);
        return new ReadOnlySequence<byte>(first, (int)(_consumed - first.RunningIndex), last, last.Memory.Length);
    }

    private static long OffsetOf(SequencePosition position) => ((Segment)position.GetObject()!).RunningIndex + position.GetInteger();

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            RunningIndex = before is null ? 0 : before.End;
            before?.SetNext(this);
        }

        public long End => RunningIndex + Memory.Length;

        private void SetNext(Segment next) => Next = next;
    }
}

/// <summary>A connection that only has an input.</summary>
internal sealed class CutConnection : Connection
{
    public CutConnection(CutInput input)
    {
        Input = input;
        EndInput(ConnectionEnd.Finished);
    }

    public override PipeReader Input { get; }

    public override ConnectionOutput Output => throw new NotSupportedException();

    public override EndPoint? RemoteEndPoint => null;

    public override EndPoint? LocalEndPoint => null;

    public override void Abort()
    {
    }

    public override ValueTask CloseAsync(TimeSpan lingerTimeout) => default;

    protected override ValueTask ReleaseAsync() => default;
}
