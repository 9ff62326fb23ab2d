/** The sentences and styles of parts that come later (`ui/Later.tsx`): who speaks them imports this for its effect. */
import { learn } from '../words';
import english from './en/later.json';
import '../styles/later.css';

learn(english);
