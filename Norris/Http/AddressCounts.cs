using System.Net;

namespace Norris.Http;

/// <summary>How many of something each address has just now. Any thread.</summary>
internal sealed class AddressCounts
{
    private readonly Dictionary<IPAddress, int> _counts = [];

    /// <summary>Counts one more, unless there are <paramref name="max"/>.</summary>
    public bool TryAdd(IPAddress address, int max)
    {
        lock (_counts)
        {
            int count = _counts.GetValueOrDefault(address);
            if (count >= max)
            {
                return false;
            }
            _counts[address] = count + 1;
            return true;
        }
    }

    /// <summary>Counts one less.</summary>
    public void Remove(IPAddress address)
    {
        lock (_counts)
        {
            if (_counts.TryGetValue(address, out int count) && count > 1)
            {
                _counts[address] = count - 1;
            }
            else
            {
                _counts.Remove(address);
            }
        }
    }
}
