using System.Buffers;

namespace Norris.Node;

/// <summary>Lines one after the other in one piece of memory, which is used again: a line costs no allocation.</summary>
internal sealed class LineBatch
{
    private readonly ArrayBufferWriter<byte> _bytes = new(4096);
    private readonly List<int> _ends = [];

    /// <summary>How many lines there are.</summary>
    public int Count => _ends.Count;

    /// <summary>Bytes of all of them.</summary>
    public int Bytes => _bytes.WrittenCount;

    /// <summary>The line at an index.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            int begin = index == 0 ? 0 : _ends[index - 1];
            return _bytes.WrittenSpan[begin.._ends[index]];
        }
    }

    /// <summary>Copies a line in.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        _bytes.Write(line);
        _ends.Add(_bytes.WrittenCount);
    }

    /// <summary>Forgets all lines and keeps the memory.</summary>
    public void Clear()
    {
        _bytes.ResetWrittenCount();
        _ends.Clear();
    }
}
