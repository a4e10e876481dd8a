// Built by ame_explore/widgets/js/build.js; sources: sha256 cf63e58afeaac208a08b775fa22b561751f59675ff8c5be97c1f6e0c64c3049f
"use strict";(()=>{var O=()=>(performance.timeOrigin+performance.now())/1e3;function ut(a,t){let e=null,s=null,i=()=>{if(e=null,!s)return;let n=s;
s=null,a(...n),e=setTimeout(i,t)};return(...n)=>{if(e!==null){s=n;return}a(...n),e=setTimeout(i,t)}}var Vs={f4:Float32Array,i4:Int32Array,i2:Int16Array,u1:Uint8Array};function mt(a,t){if(Array.isArray(a))return a.map(e=>mt(
e,t));if(a===null||typeof a!="object")return a;if("buffer"in a&&"dtype"in a){let e=t[a.buffer],i=ArrayBuffer.isView(e)?e.
buffer.slice(e.byteOffset,e.byteOffset+e.byteLength):e.slice(0);return Object.assign(new Vs[a.dtype](i),{shape:a.shape})}
return Object.fromEntries(Object.entries(a).map(([e,s])=>[e,mt(s,t)]))}var Xs=new Set(["svg","path"]),Ee={text:"textContent",value:"value",checked:"checked"};function h(a,t={},...e){let s=Xs.
has(a)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",i=document.createElementNS(s,a);i.append(...e.flat(1/0).
filter(n=>n!=null&&n!==!1));for(let[n,o]of Object.entries(t))o==null||o===!1||(n.startsWith("on")?i.addEventListener(n.slice(
2),o):n in Ee?i[Ee[n]]=o:i.setAttribute(n,o===!0?"":String(o)));return i}function y(a,t){a.textContent!==t&&(a.textContent=
t)}function $(a,t){a.hidden===t&&(a.hidden=!t)}async function ft(a,t){try{await navigator.clipboard.writeText(a.value)}catch{
a.select(),document.execCommand("copy")}let e=t.textContent??"";e!=="Copied"&&(y(t,"Copied"),setTimeout(()=>y(t,e),1500))}
function Z(){let a=document.body.dataset.jpThemeLight;return a!==void 0?a==="false":["vscode-dark","dark-theme"].some(t=>document.
body.classList.contains(t))}var Js=0,X=()=>`ame-${Math.random().toString(36).slice(2,9)}-${Js+=1}`;var lt=null;function wt(a){lt?lt.push(a):a()}function Ie(a){let t=lt,e=lt=[];try{a()}finally{lt=t}for(let s of e)s()}var Ce=1,
Le=a=>Ce=a,ae=new WeakMap,Oe;function F(a){Oe??=new ResizeObserver(r=>{for(let{target:l}of r)ae.set(l,[l.clientWidth,l.clientHeight]),
l.dispatchEvent(new Event("ame-size",{bubbles:!0}))});let t=Math.min(2,Ce*(window.devicePixelRatio||1)),e=ae.get(a);e||(Oe.
observe(a),ae.set(a,e=[a.clientWidth,a.clientHeight]));let[s,i]=e,[n,o]=[Math.round(s*t),Math.round(i*t)];return(a.width!==
n||a.height!==o)&&(a.width=n,a.height=o),{width:s,height:i,scale:t}}function C(a,t){return a.getContext("2d",t)}var bt=class{constructor(t,e){
this.canvas=t,this.how=e,this.all=new Uint32Array,this.image=null}get context(){return C(this.canvas,this.how)}clear(t){
let{width:e,height:s}=this.canvas;return(this.image?.width!==e||this.image.height!==s)&&(this.image=this.context.createImageData(
e,s),this.all=new Uint32Array(this.image.data.buffer)),this.all.fill(t)}show(){this.image&&this.context.putImageData(this.
image,0,0)}};function Pe(a,t){a.addEventListener("pointerdown",e=>t.down(e)),a.addEventListener("pointermove",e=>t.move(
e)),a.addEventListener("pointerup",e=>t.up(e)),a.addEventListener("pointercancel",()=>t.cancel()),a.addEventListener("wh\
eel",e=>t.wheel(e),{passive:!1}),a.addEventListener("keydown",e=>t.key(e))}function ne(a,t,e,s,i){a.lineWidth=4,a.strokeStyle=
i,a.fillStyle=s,e.forEach((n,o)=>{if(!n)return;let{text:r,x:l,y:c}=t[o];a.strokeText(r,l+n[0],c+n[1]),a.fillText(r,l+n[0],
c+n[1])})}function Ne(a,t,e){!t||t.length<2||(a.beginPath(),t.forEach(([s,i],n)=>a[n?"lineTo":"moveTo"](s,i)),a.closePath(),
a.fillStyle=e.wash,a.fill(),a.strokeStyle=e.accent,a.lineWidth=1.5,a.setLineDash([5,3]),a.stroke(),a.setLineDash([]))}var gt={
away:16,above:30,high:96};function De(a,[t,e],{width:s,height:i}){let n=t>.55*s;a.style.left=n?"":`${t+gt.away}px`,a.style.
right=n?`${s-t+gt.away}px`:"",a.style.top=`${Math.max(4,Math.min(i-gt.high,e-gt.above))}px`}var oe=a=>a.replaceAll("-","−");function yt(a,t=3,{signed:e=!1,fine:s=!1}={}){if(typeof a!="number"||!Number.isFinite(
a))return"–";let i;return s&&a!==0&&Math.abs(a)<.1?i=Math.floor(Math.log10(Number(Math.abs(a).toPrecision(2))))<-4?a.toExponential(
1).replace(/e([+-])(\d)$/,"e$10$2"):a.toPrecision(2):i=s&&a===0?"0.0":a.toFixed(t||(Number.isInteger(a)?0:1)),Number(i)===
0?i.replace("-",""):(t===0&&!s&&(i=i.replace(/\B(?=(\d{3})+($|\.))/g,",")),oe(e&&a>0?`+${i}`:i))}function K(a,t=3,{signed:e=!1}={}){
if(typeof a!="number"||!Number.isFinite(a))return"–";if(a===0)return"0";let[s,i]=a.toExponential(t-1).split("e"),n=t-1-
Number(i),o=n>=-3&&n<=t+2?a.toFixed(Math.max(n,0)):`${s}e${Number(i)}`;return oe(e&&a>0?`+${o}`:o)}function q(a){return a==
null||a===""?"–":typeof a!="number"?String(a):Number.isInteger(a)&&Math.abs(a)<1e6?oe(String(a)):K(a)}var Re=a=>a.toExponential(
0).replace("e+","e").replaceAll("-","−");function re(a,t){let e=t.length>1?Math.abs(t[1]-t[0]):Math.abs(a)||1;return a!==
0&&(Math.abs(a)<.001||Math.abs(a)>=1e4)?Re(a):a.toFixed(Math.max(0,Math.min(4,-Math.floor(Math.log10(e)+1e-9)))).replace(
"-","−")}var Be=a=>a>=.001&&a<1e4?String(Number(a.toPrecision(1))):Re(a),kt=a=>a===null?"default":a===!0?"on":a===!1?"\
off":String(typeof a=="number"?Number(a.toPrecision(4)):a),vt=({right:a,predicted:t})=>a===null?t:`${a?"✓":"✗"} ${t}`,
xt=({right:a})=>a===null?"ame-muted":a?"ame-right":"ame-wrong";var _e=["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],Fe=["#5AB0EE","#FF8F45","#3CC79B","#E39BC4","#9BD3F\
5","#F0B93A"],qe=["solid","dash","dot","dashdot","longdash","longdashdot"],je=["circle","diamond","square","triangle-up",
"x","cross"];var Qs={solid:[],dash:[6,3],dot:[2,2.5],dashdot:[7,3,2,3],longdash:[12,4],longdashdot:[12,3,3,3]},he=(a,t)=>a[t%a.length],
P=a=>he(Z()?Fe:_e,a),Mt=a=>Qs[he(qe,a)],tt=a=>{let t=he(je,a);return t==="triangle-up"?"triangle":t};function j(a,t){let{
family:e}=a[t];return e?[...new Set(a.map(s=>s.family||s.name))].indexOf(e):t}var We=["circle","diamond","square","triangle","cross","triangle-down","pentagon","bar","hexagon","x"],ze=a=>We[a%We.length];
function Zs(a,t,e,s,i){let n=c=>{a.beginPath(),c.forEach(([p,d],u)=>a[u?"lineTo":"moveTo"](e+p*i,s+d*i)),a.closePath()},
o=(c,p,d=1)=>Array.from({length:c},(u,m)=>{let f=p+2*Math.PI*m/c;return[d*Math.cos(f),d*Math.sin(f)]}),r=c=>[[-c,-1],[c,
-1],[c,-c],[1,-c],[1,c],[c,c],[c,1],[-c,1],[-c,c],[-1,c],[-1,-c],[-c,-c]];t==="circle"?(a.beginPath(),a.arc(e,s,.92*i,0,
2*Math.PI)):t==="diamond"?n([[0,-1.1],[.95,0],[0,1.1],[-.95,0]]):t==="square"?n([[-.82,-.82],[.82,-.82],[.82,.82],[-.82,
.82]]):t==="triangle"?n(o(3,-Math.PI/2,1.15)):t==="triangle-down"?n(o(3,Math.PI/2,1.15)):t==="cross"?n(r(.38)):t==="x"?n(
(c=>c.map(([p,d])=>[(p-d)*Math.SQRT1_2,(p+d)*Math.SQRT1_2]))(r(.36))):t==="pentagon"?n(o(5,-Math.PI/2,1.05)):t==="hexago\
n"?n(o(6,0,1.05)):t==="bar"?n([[-1.05,-.5],[1.05,-.5],[1.05,.5],[-1.05,.5]]):t==="star"&&n(Array.from({length:10},(c,p)=>{
let d=-Math.PI/2+Math.PI*p/5,u=p%2?.48:1.15;return[u*Math.cos(d),u*Math.sin(d)]}))}var ti={cross:[[-1,0,1,0],[0,-1,0,1]],
x:[[-.8,-.8,.8,.8],[-.8,.8,.8,-.8]]};function D(a,{shape:t,color:e,filled:s,halo:i,inside:n,edge:o=.55},r,l,c){let p=ti[t];
if(!s&&p){a.lineCap="round";for(let{style:d,width:u}of[{style:i,width:(.2+o)*c},{style:e,width:Math.max(1.2,.32*c)}])if(d){
a.strokeStyle=d,a.lineWidth=u,a.beginPath();for(let[m,f,b,g]of p)a.moveTo(r+m*c,l+f*c),a.lineTo(r+b*c,l+g*c);a.stroke()}
return}Zs(a,t,r,l,c),i&&(a.lineWidth=o*c,a.strokeStyle=i,a.stroke()),s?(a.fillStyle=e,a.fill()):(a.fillStyle=n||i||"tran\
sparent",a.fill(),a.lineWidth=Math.max(1.2,.36*c),a.strokeStyle=e,a.stroke())}function St(a,t,e=1){let s=Math.ceil(t*1.6)+
1,i=2*s+1,n=document.createElement("canvas");n.width=n.height=i;let o=C(n,{willReadFrequently:!0});D(o,a,s+.5,s+.5,t);let{
data:r}=o.getImageData(0,0,i,i),l=[],c=[],p=[],d=[],u=[];for(let m=0;m<i*i;m++){let f=Math.round(r[4*m+3]/255*32*e);f&&(l.
push(m%i-s),c.push(Math.floor(m/i)-s),p.push(r[4*m]|r[4*m+2]<<16),d.push(r[4*m+1]<<8),u.push(f))}return{half:s,dx:Int32Array.
from(l),dy:Int32Array.from(c),rb:Int32Array.from(p),g:Int32Array.from(d),a:Int32Array.from(u)}}function At(a,t,e,s,i,n){
let{half:o,dx:r,dy:l,rb:c,g:p,a:d}=s,u=Math.round(i),m=Math.round(n);if(u<o||m<o||u>=t-o||m>=e-o)return;let f=m*t+u;for(let b=0;b<
d.length;b++){let g=f+l[b]*t+r[b],k=a[g],v=32-d[b],T=(k&16711935)*v+c[b]*d[b]>>>5&16711935,x=(k&65280)*v+p[b]*d[b]>>>5&65280;
a[g]=4278190080|T|x}}function Ke(a){let t=document.createElement("canvas");t.width=t.height=1;let e=C(t);return e.fillStyle=
a,e.fillRect(0,0,1,1),e.getImageData(0,0,1,1).data}var B={},He=a=>Object.assign(B,a);function $t(a){let{short:t=a,unit:e=""}=B[a]??{};return e?`${t} (${e})`:t}function et(a,t){
let{short:e=a,unit:s=""}=B[a]??{};return`${e} ${J(a,t)} ${s}`.trim()}function J(a,t){let e=B[a];return e?yt(t,e.decimals,
{fine:e.fine}):q(t)}function Ue(a,t,e){let s=t-a;if(!(s>0))return[a];let i=s/e,n=10**Math.floor(Math.log10(i)),o=n*[1,2,5,10].find(l=>l*n>=i*
.999),r=[];for(let l=Math.ceil(a/o-1e-9)+0;l*o<=t+1e-9*s;l++)r.push(l*o);return r}function Ge(a,t){let e=[];for(let i=Math.
floor(Math.log10(a));i<=Math.ceil(Math.log10(t));i++)for(let n of t/a>1e4?[1]:[1,3])e.push(n*10**i);let s=e.filter(i=>i>=
a&&i<=t);return s.length>5?s.filter((i,n)=>n%2===0):s}function Ye(a){let[t,e]=[1/0,-1/0];for(let i of a)for(let n=0;n<i.
length;n++)Number.isFinite(i[n])&&(t=Math.min(t,i[n]),e=Math.max(e,i[n]));if(t>e)return{low:0,high:1,log:!1};if(t>0&&e/t>
30)return{low:t/1.2,high:e*1.2,log:!0};let s=(e-t)*.08||Math.abs(e)*.05||.5;return{low:t>=0&&t<.35*e?0:t-s,high:e+s,log:!1}}
function H(a,t){let e=0,s=a.length;for(;e<s;){let i=e+s>>1;a[i]<=t?e=i+1:s=i}return e-1}function le(a,t){if(!a.length)return t;
let e=H(a,t),s=a[Math.max(0,e)],i=a[Math.min(a.length-1,e+1)];return t-s<=i-t?s:i}function Ve(a,t,e){let s=le(a,e);if(Math.
abs(e-t)!==1||s!==t)return s;let i=a.indexOf(t)+Math.sign(e-t);return a[Math.max(0,Math.min(a.length-1,i))]??s}function Xe(a){
let[t,...e]=a.map(({x:i,y:n})=>new Map([...i].map((o,r)=>[o,n[r]]))),s=[];for(let[i,n]of t??[]){let o=[n,...e.map(r=>r.get(
i)??NaN)];o.every(Number.isFinite)&&s.push([i,Math.min(...o),Math.max(...o)])}return s}function Je(a,t){let e=[];for(let s=0,
i=0;s<a.x.length&&i<t.x.length;)if(a.x[s]===t.x[i]){let n=t.y[i]-a.y[s];Number.isFinite(n)&&e.push([a.x[s],n]),s++,i++}else
a.x[s]<t.x[i]?s++:i++;return e}function Tt(a,t,e){let s=h("div",{class:"ame-table-box",hidden:!0,tabindex:"0",role:"region","data-testid":`table-${a}`,
"aria-label":`${t}: the data`}),i=h("button",{class:"ame-quiet",type:"button","aria-expanded":"false","aria-label":`${t}\
: show the data as a table`,title:"Show the data as a table","data-testid":`table-toggle-${a}`},"▦"),n=0,o=()=>{let{columns:l,
rows:c}=e();s.replaceChildren(h("table",{},h("thead",{},h("tr",{},l.map(p=>h("th",{scope:"col"},p)))),h("tbody",{},c.map(
p=>h("tr",{},p.map(d=>h("td",{},q(d))))))))},r=()=>{s.hidden||O()-n<.5||(n=O(),o())};return i.addEventListener("click",()=>{
s.hidden=!s.hidden,i.setAttribute("aria-expanded",String(!s.hidden)),s.hidden||o()}),{button:i,box:s,update:r}}var Qe=30,ei=130,Ze=84,si={teacher:[8,3],backbone:[5,3],chance:[2,3]},ct=class{constructor(t,e){let s=B[e];this.lab=t,this.
term=e,this.label=s?.short??e.replaceAll("_"," "),this.range=s?.limits,this.at=null,this.steps=1,this.saidAt=0,this.box=
null,this.values=h("span",{class:"ame-values"}),this.unit=h("small",{}),this.verdict=h("span",{class:"ame-verdict","data\
-testid":`verdict-${e}`}),this.canvas=h("canvas",{class:"ame-line",role:"img",tabindex:"0","data-testid":`chart-${e}`}),
this.table=Tt(e,this.label,()=>this.rows()),this.el=h("div",{class:"ame-chart","data-term":e},h("div",{class:"ame-chart-\
head"},h("h5",{title:s?.definition||this.label},this.label),h("div",{class:"ame-readout"},this.values,this.unit),this.verdict,
this.table.button),this.canvas,this.table.box),this.canvas.addEventListener("pointermove",i=>this.point(i.offsetX)),this.
canvas.addEventListener("pointerleave",()=>this.point(null)),this.canvas.addEventListener("click",i=>this.box&&this.lab.
scrubTo(Math.round(this.stepAt(i.offsetX,this.box))))}stepAt(t,{left:e,right:s}){return Math.max(0,Math.min(1,(t-e)/(s-e)))*
this.steps}point(t){this.box&&(this.at=t===null?null:this.stepAt(t,this.box),this.lab.chartCursor(this.at))}lines(t){return t.
arms.map((e,s)=>({arm:e,index:j(t.arms,s),series:e.series[this.term]})).filter(({series:e})=>e?.x.length)}draw(t,e=this.
at){let s=this.lines(t);if($(this.el,s.length>0),!s.length)return;this.steps=Math.max(1,t.steps);let i=e??t.scrubbed;this.
readout(ai(s),i,t);let n=i===null&&t.verdict?.term===this.term?t.verdict:null,o=this.lab.el.classList.contains("ame-low");
y(this.verdict,(o?n?.short:n?.text)??""),this.verdict.title=n?`${n.text}. ${n.details}`:"",wt(()=>this.paint(s,i)),this.
table.update()}readout(t,e,s){let i=t.map(({arm:r,index:l,series:c})=>{let p=e===null?c.x.length-1:H(c.x,e),d=p>=0&&ni(r,
c.x[p],e);return{index:l,name:r.name,value:p<0||d?null:c.y[p],old:d?c.x[p]:null}});for(;this.values.children.length>i.length;)
this.values.lastChild?.remove();for(;this.values.children.length<i.length;)this.values.append(h("span",{class:"ame-value"},
h("i",{}),h("b",{})));i.forEach(({index:r,name:l,value:c,old:p},d)=>{let u=this.values.children[d],[m,f]=u.children;m.style.
background=P(r),u.title=p===null?l:`${l}: not measured since step ${p}`,y(f,J(this.term,c))});let n=s.units[this.term]??
B[this.term]?.unit??"";y(this.unit,n),$(this.unit,n!=="");let o=`${this.label}${n?` in ${n}`:""}: `+i.map(({name:r,value:l})=>`${r}\
 ${J(this.term,l)}`).join(", ")+` at step ${Math.round(e??s.step)}`+this.compared();(O()-this.saidAt>1||s.state!=="playi\
ng")&&(this.saidAt=O(),this.canvas.setAttribute("aria-label",o))}compared(){let t=Object.entries(this.lab.scene?.references[this.
term]??{}).map(([e,s])=>`${e} ${J(this.term,s)}`);return t.length?`; for comparison: ${t.join(", ")}`:""}paint(t,e){let{
width:s,height:i,scale:n}=F(this.canvas);if(!s||!i)return;let{ink:o}=this.lab,r=C(this.canvas);r.setTransform(n,0,0,n,0,
0),r.clearRect(0,0,s,i);let l=t.length>1&&!t[0].arm.family&&!B[this.term]?.ame_only,c=!l||i<Ze?0:i<ei?Qe/2:Qe,p=Object.entries(
this.lab.scene?.references[this.term]??{}),{low:d,high:u,log:m}=this.range?{low:this.range[0],high:this.range[1],log:!1}:
Ye(t.map(({series:A})=>A.y)),f=m?Ge(d,u):Ue(d,u,i<Ze?2:3),b=f.map(A=>m?Be(A):re(A,f)),g=l?Je(t[0].series,t[1].series):[],
k=Math.max(...g.map(([,A])=>Math.abs(A)),1e-12),v=g.length&&k>1e-12?`±${re(k,[0,k/2])}`:"0";r.font=`12px ${o.font}`;let T=Math.
max(...[...b,c?v:""].map(A=>r.measureText(A).width)),x={left:Math.max(40,Math.ceil(T)+7),right:s-8,top:5,bottom:i-16-c};
this.box=x;let E=m?Math.log10:A=>A,I=A=>x.left+(x.right-x.left)*A/this.steps,M=A=>x.bottom-(x.bottom-x.top)*(E(A)-E(d))/
(E(u)-E(d));r.textBaseline="middle",r.lineWidth=1,r.textAlign="right";for(let[A,N]of f.entries()){let _=Math.round(M(N))+
.5;r.strokeStyle=o.grid,r.beginPath(),r.moveTo(x.left,_),r.lineTo(x.right,_),r.stroke(),r.fillStyle=o.muted,r.fillText(b[A],
x.left-5,_)}this.levels(r,x,p.filter(([,A])=>A>d&&A<u).map(([A,N])=>({name:A,value:N,at:M(N)})),o),r.textBaseline="alpha\
betic",r.fillStyle=o.muted,r.textAlign="left",r.fillText("0",x.left,i-3),r.textAlign="right",r.fillText(`${this.steps} s\
teps`,x.right,i-3),r.lineJoin="round";for(let A of t)this.turned(r,A,I,x);let w=ts(t);for(let A of w)this.band(r,A,I,M,x,
m);let S=new Set(w.map(A=>es(A)));for(let A of t)this.curve(r,A,I,M,x,m,!w.length||S.has(A));c&&this.difference(r,g,k,v,
P(t[1].index),I,{...x,top:x.bottom+4,bottom:x.bottom+c},o),e!==null&&(r.strokeStyle=o.text,r.globalAlpha=.5,r.beginPath(),
r.moveTo(Math.round(I(e))+.5,x.top),r.lineTo(Math.round(I(e))+.5,i-16),r.stroke(),r.globalAlpha=1)}band(t,e,s,i,n,o){let r=Xe(
e.map(({series:c})=>c)).filter(([,c])=>!o||c>0),l=c=>Math.max(n.top,Math.min(n.bottom,i(c)));t.fillStyle=P(e[0].index),t.
globalAlpha=.16,t.beginPath();for(let[c,p]of r)t.lineTo(s(c),l(p));for(let[c,,p]of r.reverse())t.lineTo(s(c),l(p));t.fill(),
t.globalAlpha=1}curve(t,{arm:e,index:s,series:i},n,o,r,l,c){let{ink:p}=this.lab,d=g=>Number.isFinite(g)&&!(l&&g<=0),u=g=>Math.
max(r.top,Math.min(r.bottom,o(g))),m=B[this.term]?.per_reading?e.turns.filter(({redefines:g})=>g).map(({step:g})=>g):[];
t.setLineDash(Mt(s)),t.strokeStyle=P(s),t.lineWidth=c?1.8:.8,t.globalAlpha=c?1:.45,t.beginPath();let f=!1;for(let g=0;g<
i.x.length;g++){if(!d(i.y[g])){f=!1;continue}g&&m.some(k=>i.x[g-1]<=k&&k<i.x[g])&&(f=!1),t[f?"lineTo":"moveTo"](n(i.x[g]),
u(i.y[g])),f=!0}t.stroke(),t.setLineDash([]),t.globalAlpha=1;let b=i.x.length-1;if(c&&d(i.y[b])&&D(t,{shape:tt(s),color:P(
s),filled:!0,halo:p.card},n(i.x[b]),u(i.y[b]),4),e.parent!==null&&e.fork_step){let g=H(i.x,e.fork_step);g>=0&&D(t,{shape:"\
diamond",color:p.text,filled:!1,halo:p.card},n(i.x[g]),o(i.y[g]),3.5)}}turned(t,{arm:e,index:s},i,n){let o=new Set(e.turns.
map(({step:r})=>r).filter(r=>r>0));if(o.size){t.strokeStyle=P(s),t.globalAlpha=.75,t.setLineDash([1.5,3]),t.beginPath();
for(let r of o){let l=Math.round(i(r))+.5;t.moveTo(l,n.top),t.lineTo(l,n.bottom)}t.stroke(),t.setLineDash([]),t.globalAlpha=
1}}levels(t,e,s,i){let n=-1/0;t.textAlign="right",t.textBaseline="bottom";for(let{name:o,value:r,at:l}of s.sort((c,p)=>c.
at-p.at)){t.strokeStyle=i.muted,t.setLineDash(si[o]??[]),t.lineWidth=o==="chance"?1:1.4,t.beginPath(),t.moveTo(e.left,l),
t.lineTo(e.right,l),t.stroke(),t.setLineDash([]);let c=Math.max(l-1,n+13,e.top+12);n=c;let p=`${o} ${J(this.term,r)}`;t.
fillStyle=i.muted,t.lineWidth=3,t.strokeStyle=i.card,t.strokeText(p,e.right,c),t.fillText(p,e.right,c)}t.lineWidth=1}difference(t,e,s,i,n,o,r,l){
let c=(r.top+r.bottom)/2,p=(r.bottom-r.top)/2-2;t.fillStyle=l.soft,t.fillRect(r.left,r.top,r.right-r.left,r.bottom-r.top),
t.fillStyle=n,t.globalAlpha=.75,t.beginPath(),e.forEach(([d,u],m)=>{m||t.moveTo(o(d),c),t.lineTo(o(d),c-p*u/s)}),e.length&&
t.lineTo(o(e[e.length-1][0]),c),t.fill(),t.globalAlpha=1,t.strokeStyle=l.muted,t.lineWidth=1,t.beginPath(),t.moveTo(r.left,
Math.round(c)+.5),t.lineTo(r.right,Math.round(c)+.5),t.stroke(),t.fillStyle=l.muted,t.textAlign="right",t.textBaseline="\
middle",t.fillText(i,r.left-5,c)}rows(){let t=this.lines(this.lab.frame),e=[...new Set(t.flatMap(({series:o})=>[...o.x]))].
sort((o,r)=>o-r),s=e.length>120?e.filter((o,r)=>r%Math.ceil(e.length/120)===0||r===e.length-1):e,i=t.map(({series:o})=>new Map(
[...o.x].map((r,l)=>[r,o.y[l]]))),n=["step",...t.map(({arm:o})=>o.name)];return t.length>1&&n.push(`${n[2]} − ${n[1]}`),
{columns:n,rows:s.map(o=>{let r=i.map(c=>c.get(o)??null),l=r[0]===null||r[1]===null?null:r[1]-r[0];return t.length>1?[o,
...r,l]:[o,...r]}).reverse()}}},ii="harmonic_mean";function ts(a){let t=new Map;for(let e of a)e.arm.family&&t.set(e.arm.
family,[...t.get(e.arm.family)??[],e]);return[...t.values()]}function ai(a){let t=ts(a);return t.length?t.map(e=>es(e)):
a}function es(a){let t=({arm:e})=>e.series[ii]?.y.at(-1)??-1/0;return a.reduce((e,s)=>t(s)>t(e)?s:e)}function ni(a,t,e){
let s=Object.keys(a.series).find(o=>B[o]?.always);if(s===void 0)return!1;let i=a.series[s].x,n=i.length?e===null?i.length-
1:H(i,e):-1;return n>=0&&t<i[n]}var Et={n:0,state:"waiting",error:null,note:null,progress:null,step:0,steps:0,epoch:0,steps_per_epoch:null,speed:null,scrubbed:null,
recorded_steps:[],units:{},arms:[],dials:[],delta:{columns:[],rows:[]},diagnosis:[],verdict:null,breaks:[],prediction:null,
exercise:null,selection:[],said:[],show:null,locked:[],explained:"",caption:null,to_lose:""},V=a=>a.scrubbed!==null&&!a.
recording,G=a=>a.scrubbed??a.step,L=class{#t="";isNew(t){let e=JSON.stringify(t);return e===this.#t?!1:(this.#t=e,!0)}forget(){
this.#t=""}};var oi={headline:"Headline",accuracy:"Accuracy",entropy:"Entropy and AME",loss:"Losses","":"More"},Ot=class{constructor(t){
this.lab=t,this.charts=new Map,this.arms=new L,this.laid=new L,this.drawnAt=0,this.group="headline",this.key=h("ul",{class:"\
ame-legend","aria-label":"Arms"}),this.choice=h("select",{"data-testid":"curves","aria-label":"Which curves",onchange:()=>this.
choose(this.choice.value)},Object.entries(oi).map(([e,s])=>h("option",{value:e},s))),this.beside=h("div",{class:"ame-cha\
rt-tools"},this.key,this.choice),this.row=h("div",{class:"ame-chart-row"}),this.el=h("section",{class:"ame-card ame-char\
ts","aria-label":"Curves"},this.row);for(let e of Object.keys(B))B[e].group&&this.charts.set(e,new ct(t,e))}choose(t){this.
group=t,this.drawnAt=0,this.lab.draw(this.lab.frame)}chosen({arms:t}){let e=i=>t.some(n=>n.series[i]?.x.length);if(this.
group!=="headline")return[...this.charts.keys()].filter(i=>(B[i]?.group??"")===this.group&&e(i));let s=Object.keys(B).filter(
i=>B[i].headline&&e(i));return s.length?s:[...this.charts.keys()].filter(e).slice(0,2)}draw(t,e=null){let{arms:s}=t;for(let o of s)
for(let r of Object.keys(o.series))this.charts.has(r)||this.charts.set(r,new ct(this.lab,r));if(this.arms.isNew([Z(),s.map(
o=>o.name)])){let o=s.filter(r=>!r.family||r.family===r.name);this.key.replaceChildren(...o.map(r=>{let l=j(s,s.indexOf(
r)),c=h("canvas",{width:60,height:24,class:"ame-key","aria-hidden":"true"}),p=C(c);p.strokeStyle=P(l),p.lineWidth=4,p.setLineDash(
Mt(l).map(m=>2*m)),p.beginPath(),p.moveTo(2,12),p.lineTo(58,12),p.stroke(),D(p,{shape:tt(l),color:P(l),filled:!0},30,12,
7);let d=r.family?s.filter(({family:m})=>m===r.name).length:1,u=d>1?`${r.name.split(" · ")[0]}: ${d} seeds, the best st\
rong`:r.name;return h("li",{title:r.label},c,u)}))}let i=this.chosen(t),n=this.laid.isNew(i);if(n&&(this.row.dataset.count=
String(i.length),this.row.replaceChildren(...i.map(o=>this.charts.get(o).el)),i.length||this.row.append(h("p",{class:"am\
e-muted"},s.length?"No curve of this kind yet.":""))),!(!n&&t.state==="playing"&&e===null&&this.lab.cursor===null&&O()-this.
drawnAt<.45)){this.drawnAt=O();for(let o of i)this.charts.get(o)?.draw(t,e)}}};function ss({low:a,high:t,scale:e,whole:s,step:i,value:n}){let o=a??0,r=t??Math.max(1,2*(typeof n=="number"?n:1)),l=i??(s?
1:null),c=e==="log",p=c&&o<=0?30:0,d=o>0?o:r/10**4,u=l!==null&&!c?Math.round((r-o)/l):1e3,m=v=>Math.max(o,Math.min(r,v)),
f=v=>{let T=l===null?Number(v.toPrecision(c?2:3)):o+Math.round((v-o)/l)*l;return m(s?Math.round(T):Number(T.toPrecision(
12)))},b=v=>c?p&&v<=0?0:p+(u-p)*Math.log(Math.max(v,d)/d)/Math.log(r/d):u*(v-o)/(r-o),g=v=>c?v<p/2?0:f(d*Math.exp(Math.max(
0,v-p)/(u-p)*Math.log(r/d))):f(o+(r-o)*v/u);return{low:o,last:u,toSlider:b,fromSlider:g,nudge:(v,T)=>l!==null?f(v+T*l):m(
g(Math.max(0,Math.min(u,b(v)+T*u/40)))),box:l??"any"}}var It=class{constructor(t){this.lab=t,this.nodes=new Map,this.names=new L,this.shape=new L,this.arm=h("select",{"data-t\
estid":"dial-arm","aria-label":"Which arms the dials turn",title:"AME's dials (ω, reading, temperature of H) turn the ar\
ms with AME; the others turn all arms",onchange:()=>this.draw(t.frame)}),this.armRow=h("label",{class:"ame-for",hidden:!0},
"for ",this.arm),this.live=h("div",{class:"ame-dial-list"}),this.later=h("div",{class:"ame-dial-list"}),this.laterBox=h(
"details",{class:"ame-later"},h("summary",{},"Takes effect at reset"),this.later),this.el=h("section",{class:"ame-card a\
me-dials","aria-label":"Dials"},h("header",{},h("h3",{},"Dials"),h("span",{class:"ame-push"}),this.armRow),this.live,this.
laterBox)}draw({arms:t,dials:e}){if(this.names.isNew(t.map(i=>[i.name,i.label]))){let i=this.arm.value;this.arm.replaceChildren(
h("option",{value:""},"all relevant"),...t.map(n=>h("option",{value:n.name,title:n.label},n.name))),this.arm.value=t.some(
n=>n.name===i)?i:"",$(this.armRow,t.length>1)}let s={value:0,values:0,concerns:0,idle:0,inert:0,pending:0,locked:0};if(this.
shape.isNew(e.map(i=>({...i,...s})))){this.nodes=new Map(e.map(n=>[n.field,new ce(this,n)]));let i=n=>[...this.nodes.values()].
filter(({dial:o})=>o.steerable===n).map(({el:o})=>o);this.live.replaceChildren(...i(!0)),this.later.replaceChildren(...i(
!1)),$(this.laterBox,e.some(n=>!n.steerable))}for(let i of e)this.nodes.get(i.field)?.draw(i,this.arm.value||null)}set(t,e){
this.lab.command("set",{field:t,value:e,arm:this.arm.value||null})}},ri=8,is=.8,ce=class{constructor(t,e){this.owner=t,this.
dial=e,this.touched=-1/0,this.typing=!1,this.drawn=new L,this.value=e.value,this.own=e.value,this.scale=ss(e),this.send=
ut(n=>t.set(e.field,n),120);let s=X(),i={id:s,"data-testid":`dial-${e.field}`,"aria-describedby":e.help?`${s}-help`:null};
this.values=h("span",{class:"ame-dial-values"}),this.slider=null,this.input=e.kind==="number"?this.box(i):e.kind==="choi\
ce"?this.choice(i):this.switch(i),e.kind==="number"&&(this.slider=this.makeSlider()),this.el=h("div",{class:`ame-dial am\
e-dial-${e.kind}`,title:e.locked?"Locked by the author of this lab":e.help},h("label",{for:s,class:"ame-dial-label"},e.label),
this.slider?h("span",{class:"ame-number"},this.slider,this.input):this.input,this.values,e.help&&h("span",{class:"ame-he\
lp",id:`${s}-help`},e.help))}choice(t){let e=h("select",{...t,onchange:()=>this.turn(JSON.parse(e.value))},this.dial.choices.
map(s=>h("option",{value:JSON.stringify(s),title:this.helpOf(s)},this.spelled(s))));return e}spelled(t){return this.dial.
labels[String(t)]??kt(t)}helpOf(t){let e=this.dial.helps[t];return e?`${t}: ${e}`:null}switch(t){return h("button",{...t,
type:"button",role:"switch",class:"ame-switch",onclick:()=>this.turn(!this.value)})}box(t){let{dial:e}=this,s=h("input",
{...t,type:"number",min:e.low,max:e.high,step:this.scale.box,oninput:()=>this.typing=!0,onblur:()=>{this.typing=!1,this.
owner.lab.again()},onchange:()=>{if(this.typing=!1,s.value===""&&!e.optional)return this.show(this.own);this.turn(s.value===
""?null:Number(s.value))}});return s}makeSlider(){let t=h("input",{type:"range",min:0,max:this.scale.last,step:1,"aria-l\
abel":`${this.dial.label}, slider`,oninput:()=>this.turn(this.scale.fromSlider(Number(t.value)),!0),onkeydown:e=>this.nudge(
e)});return t}nudge(t){let s={ArrowRight:1,ArrowUp:1,ArrowLeft:-1,ArrowDown:-1}[t.key];if(!s)return;t.preventDefault();let i=typeof this.
value=="number"?this.value:this.scale.low,n=this.scale.nudge(i,s);n!==i&&this.turn(n)}turn(t,e=!1){this.touched=O(),this.
drawn.forget(),this.show(t,e),this.send(t),setTimeout(()=>this.owner.lab.again(),1e3*is+100)}show(t,e=!1){let{input:s,slider:i}=this;
if(this.value=t,i&&s instanceof HTMLInputElement){s.value=t===null?"":String(Number(Number(t).toPrecision(6)));let n=this.
dial.none||"default";s.placeholder=t!==null?q(t):n.length>ri?"default":n,s.title=t===null?n:"",!e&&t!==null&&(i.value=String(
this.scale.toSlider(Number(t)))),i.setAttribute("aria-valuetext",t===null?n:`${q(t)} ${this.dial.unit}`.trim())}else if(s instanceof
HTMLSelectElement){s.value=JSON.stringify(t);let n=this.helpOf(String(t));n?s.title=n:s.removeAttribute("title")}else s.
setAttribute("aria-checked",String(!!t)),y(s,t?"on":"off")}draw(t,e){let{lab:s}=this.owner,{values:i}=t;this.dial=t,this.
own=e!==null&&e in i?i[e]:t.value;let n=t.locked||t.inert||V(s.frame)||s.locked("set")||s.locked(t.field);if(this.input.
disabled=n,this.slider&&(this.slider.disabled=n),this.el.classList.toggle("ame-pending",t.pending),this.el.classList.toggle(
"ame-idle",t.idle!==null),this.el.title=t.locked?"Locked by the author of this lab":t.idle?`No effect in this run: ${t.idle}`:
t.help,this.typing||O()-this.touched<is||!this.drawn.isNew([this.own,i,e,t.idle]))return;let o=e===null?t.concerns.map(c=>({
name:c,value:i[c]})):[],r=o.some(({value:c})=>c!==o[0].value);this.show(this.own),r&&this.slider&&this.input instanceof HTMLInputElement&&
(this.input.value="",this.input.placeholder="differs",this.slider.value=String(this.scale.toSlider(Number(o[o.length-1].
value??this.scale.low))),this.slider.setAttribute("aria-valuetext","differs between arms"));let l=r?o.map(({name:c,value:p})=>`${c}\
: ${this.spelled(p)}`):[];y(this.values,[...l,...t.idle?[`no effect: ${t.idle}`]:[]].join(" · "))}},Ct=class{constructor(t){
this.lab=t,this.nodes=new Map,this.shape=new L,this.list=h("div",{class:"ame-break-list"}),this.el=h("section",{class:"a\
me-card ame-breaks","aria-label":"Break it"},h("header",{},h("h3",{},"Break it"),h("span",{class:"ame-muted"},"and read \
the diagnosis")),this.list)}there({breaks:t}){return t.length>0}draw(t){let{breaks:e}=t;this.shape.isNew(e.map(s=>s.switch))&&
(this.nodes=new Map(e.map(s=>{let i=h("button",{type:"button",role:"switch",class:"ame-break",title:s.help,"data-testid":`\
break-${s.switch}`,onclick:()=>this.turn(s,i.getAttribute("aria-checked")!=="true")},h("i",{"aria-hidden":"true"}),h("sp\
an",{},s.label,s.help&&h("small",{},s.help)));return[s.switch,i]})),this.list.replaceChildren(...this.nodes.values()));for(let s of e){
let i=this.nodes.get(s.switch);i.setAttribute("aria-checked",String(s.on)),i.disabled=V(t)||this.lab.locked("break")}}turn({
switch:t,resets:e},s){let i=()=>this.lab.command("break",{switch:t,on:s});e?this.lab.anew(i):i()}};var as=["dials","breaks","diagnosis","recipe","one_step"];function de(a){let t=Math.max(0,Math.floor(a));return`${Math.floor(
t/60)}:${String(t%60).padStart(2,"0")}`}function hi(a,t){return t===null?de(a):a<=t?`${de(Math.ceil(t-a))} left`:`time i\
s up since ${de(a-t)}`}var Lt=class{constructor(t){this.lab=t,this.shape=new L,this.answers={},this.outcomes=new Map,this.
state=null,this.told=new L,this.at=0,this.ticking=0,this.time=h("span",{class:"ame-clock",role:"timer","data-testid":"ex\
ercise-clock"}),this.beside=this.time,this.intro=h("p",{},"One of these students is sabotaged. Play, look, and find out \
which one and how. What would give it away stays hidden until you have answered; every question may be left open."),this.
body=h("div",{}),this.commit=h("button",{type:"submit",class:"ame-button ame-primary","data-testid":"exercise-answer"},"\
Answer"),this.solution=h("p",{class:"ame-solution",role:"status","data-testid":"exercise-told",hidden:!0}),this.token=h(
"input",{type:"text",readonly:!0,"aria-label":"Your answers as one token","data-testid":"exercise-token",onfocus:()=>this.
token.select()}),this.copy=h("button",{type:"button",class:"ame-button",onclick:()=>{ft(this.token,this.copy)}},"Copy"),
this.field=h("div",{hidden:!0},h("p",{class:"ame-muted"},"Your answers, to hand in:"),h("div",{class:"ame-field"},this.token,
this.copy)),this.el=h("section",{class:"ame-card ame-predict ame-exercise","aria-label":"Exercise","data-testid":"exerci\
se"},h("header",{},h("h3",{},"Exercise")),this.intro,this.solution,h("form",{onsubmit:e=>this.submit(e)},this.body,this.
commit),this.field)}close(){window.clearInterval(this.ticking)}there({exercise:t}){return!!t}submit(t){t.preventDefault(),
this.state&&!this.state.given&&this.lab.command("answer",{answers:this.answers})}draw({exercise:t}){if(!t)return;this.state=
t,this.at=O(),this.shape.isNew([t.questions,t.given])&&(t.given&&(this.answers={...t.answers}),this.outcomes=new Map,this.
body.replaceChildren(...t.questions.map(s=>this.question(s,t.given))));for(let[s,i]of this.outcomes){let n=t.outcome[s];
$(i,!!n),n&&(i.className=`ame-outcome ${n.right?"ame-right":"ame-wrong"}`,y(i,`${n.right?"✓":"✗"} ${n.text}`))}$(this.
commit,!t.given),$(this.intro,t.hidden&&!t.given);let e=t.told||(t.given?"Your answers are saved. The solution is shown \
later.":"");$(this.solution,e!==""),y(this.solution,e),$(this.field,t.token!==""),this.token.value!==t.token&&(this.token.
value=t.token),this.tick(),t.running&&!this.ticking&&(this.ticking=window.setInterval(()=>this.tick(),1e3)),!t.running&&
this.ticking&&(window.clearInterval(this.ticking),this.ticking=0)}tick(){let{state:t}=this;if(!t)return;let e=t.seconds+
(t.running?O()-this.at:0);y(this.time,hi(e,t.limit)),this.time.classList.toggle("ame-wrong",t.limit!==null&&e>t.limit)}question({
id:t,text:e,options:s},i){let n=h("p",{class:"ame-outcome",hidden:!0});this.outcomes.set(t,n);let o=this.answers[t]??"";
if(!s){let l=h("textarea",{rows:2,maxlength:2e3,disabled:i,"data-testid":`answer-${t}`,"aria-label":e,oninput:()=>this.answers[t]=
l.value});return l.value=o,h("fieldset",{},h("legend",{},e),l,n)}let r=X();return h("fieldset",{disabled:i,"data-testid":`\
answer-${t}`},h("legend",{},e),h("div",{class:"ame-options"},s.map(l=>h("label",{},h("input",{type:"radio",name:r,value:l,
checked:o===l,onchange:()=>this.answers[t]=l}),` ${l}`))),n)}};var pe={left:"Left of the maps",below:"Below the maps",right:"Right of the maps"},li=1300,ci=700,di=460,pi=660,ui=540,[mi,
fi]=[430,1100],gi=14,ns=[1e3,600],dt=class{constructor(t,e){this.layout=t,this.place=e,this.tabs=new Map,this.list=h("di\
v",{class:"ame-tabs",role:"tablist","aria-label":pe[e],onkeydown:s=>this.key(s)}),this.tools=h("div",{class:"ame-tools"}),
this.bodies=h("div",{class:"ame-bodies"}),this.el=h("div",{class:`ame-dock ame-dock-${e}`,"data-testid":`dock-${e}`},h("\
div",{class:"ame-tab-row"},this.list,this.tools),this.bodies)}show(t,e){let{panels:s,titles:i}=this.layout;for(let[r,{tab:l,
body:c}]of this.tabs)t.includes(r)||(l.remove(),c.remove(),this.tabs.delete(r));for(let r of t){if(this.tabs.has(r))continue;
let l=X(),c=h("button",{type:"button",role:"tab",class:"ame-tab",id:`${l}-tab`,"aria-controls":l,"data-testid":`tab-${r}`,
onclick:()=>this.layout.open(r)},i[r]??r),p=h("div",{role:"tabpanel",class:"ame-body",id:l,"aria-labelledby":`${l}-tab`,
tabindex:"0"},s[r].el);this.tabs.set(r,{tab:c,body:p})}t.map(r=>this.tabs.get(r)).forEach(({tab:r,body:l},c)=>{this.list.
children[c]!==r&&(this.list.insertBefore(r,this.list.children[c]??null),this.bodies.append(l))});for(let[r,{tab:l,body:c}]of this.
tabs){let p=r===e;l.getAttribute("aria-selected")!==String(p)&&(l.setAttribute("aria-selected",String(p)),l.tabIndex=p?0:
-1),$(c,p)}let o=e?s[e].beside:void 0;this.tools.firstChild!==(o??null)&&this.tools.replaceChildren(...o?[o]:[])}key(t){
let e={ArrowLeft:-1,ArrowRight:1}[t.key];if(!e)return;t.preventDefault(),t.stopPropagation();let s=[...this.tabs.keys()].
sort((o,r)=>this.at(o)-this.at(r)),i=s.findIndex(o=>this.tabs.get(o)?.tab===document.activeElement),n=s[(i+e+s.length)%s.
length];this.layout.open(n),this.tabs.get(n)?.tab.focus()}at(t){return[...this.list.children].indexOf(this.tabs.get(t)?.
tab)}},Pt=class{constructor(t,e,s,i){this.lab=t,this.panels=e,this.titles=s,this.wide=this.slim=!1,this.zoom=1,this.docks=
{left:new dt(this,"left"),below:new dt(this,"below"),right:new dt(this,"right")},this.el=h("div",{class:"ame-desk"},this.
docks.left.el,h("div",{class:"ame-middle"},i,this.docks.below.el),this.docks.right.el),this.form=h("div",{class:"ame-arr\
angement"}),this.dialog=h("dialog",{class:"ame-keys","aria-label":"Arrange the panels","data-testid":"arrange"},h("h3",{},
"Arrange the panels"),this.form,h("p",{},"In Python, the lab's .arrangement holds what is set here: lab(..., show=shown.\
arrangement) opens a lab that looks the same."),h("button",{type:"button",class:"ame-button",onclick:()=>this.dialog.close()},
"Close")),this.arrange=h("button",{type:"button",class:"ame-quiet",title:"Choose where each panel is","data-testid":"arr\
ange-panels",onclick:()=>this.choose()},"Arrange"),this.present=h("button",{type:"button",class:"ame-quiet",title:"Fill \
the browser, and back (P)","aria-pressed":"false","data-testid":"present",onclick:()=>this.toggle()},"Present"),this.onResize=
()=>this.fit(),window.addEventListener("resize",this.onResize),this.outer=new ResizeObserver(this.onResize),this.scroller=
null}close(){window.removeEventListener("resize",this.onResize),this.outer.disconnect()}get arrangement(){let t=this.lab.
client.model.get("arrangement");return{left:[],below:[],right:[],...t}}get opened(){return this.lab.client.model.get("op\
ened")??{}}tabs(t){let e=t.show&&new Set(t.show),s=d=>d in this.panels&&!this.lab.hides(d)&&(e===null||e.has(d))&&(this.
panels[d].there?.(t)??!0),{left:i,below:n,right:o}=this.arrangement,{wide:r,slim:l}=this,c=["predict","exercise"].filter(
d=>l&&i.includes(d)),p=l?i.filter(d=>!c.includes(d)):[];return{left:l?[]:i.filter(s),below:[...c,...n,...p,...r?[]:o].filter(
s),right:r?o.filter(s):[]}}draw(t){let e=this.tabs(t);for(let s of Object.keys(e)){let i=e[s],n=this.openOf(s,i);this.docks[s].
show(i,n),$(this.docks[s].el,i.length>0),n&&this.panels[n].draw(t)}}openOf(t,e){let s=this.opened[t];return s&&e.includes(
s)?s:e[0]}isOpen(t){return Object.values(this.docks).some(e=>e.tabs.get(t)?.body.hidden===!1&&!e.el.hidden)}open(t){let e=Object.
keys(this.docks).find(s=>this.docks[s].tabs.has(t));e&&(this.keep("opened",{...this.opened,[e]:t}),this.lab.draw(this.lab.
frame))}keep(t,e){let{model:s}=this.lab.client;s.set(t,e);try{s.save_changes()}catch{}}choose(){this.write(),this.dialog.
showModal()}write(){let{lab:{frame:t},arrangement:e}=this,s=Object.keys(this.panels).filter(i=>!this.lab.hides(i)&&(!t.show||
t.show.includes(i))&&(this.panels[i].there?.(t)??!0));this.form.replaceChildren(...s.map(i=>{let n=Object.keys(pe).find(
r=>e[r].includes(i))??"",o=h("select",{"data-testid":`place-${i}`,onchange:()=>this.move(i,o.value)},Object.entries({...pe,
"":"Hidden"}).map(([r,l])=>h("option",{value:r},l)));return o.value=n,h("label",{},h("span",{},this.titles[i]??i),o)}))}move(t,e){
let{arrangement:s}=this,i=o=>s[o].filter(r=>r!==t),n={left:i("left"),below:i("below"),right:i("right")};e&&n[e].push(t),
this.keep("arrangement",n),this.lab.again()}fit(){let{el:t}=this.lab;if(!t.isConnected)return;this.watch();let e=t.classList.
contains("ame-presented"),s=e?[window.innerWidth,window.innerHeight]:[0,Math.min(this.scroller?.clientHeight??1/0,window.
innerHeight)],i=e?Math.max(1,Math.min(s[0]/ns[0],s[1]/ns[1])):1;(e||this.zoom!==1)&&Le(i),this.zoom=i,t.style.zoom=i===1?
"":i.toFixed(3);let n=e?s[0]/i:t.clientWidth,o=e?s[1]/i:Math.max(mi,Math.min(fi,s[1]-gi));this.wide=n>=li,this.slim=n<ci;
let r=!e&&n<di?"narrow":this.wide?"wide":"one";t.dataset.shape!==r&&(t.dataset.shape=r),t.classList.toggle("ame-low",o<pi),
t.classList.toggle("ame-tiny",o<ui),t.classList.toggle("ame-slim",r==="one"&&this.slim),t.style.setProperty("--ame-heigh\
t",`${Math.round(o)}px`)}watch(){let t=this.lab.el.parentNode,e=null;for(;t&&t!==document.body;)t instanceof Element&&bi(
t)&&(e=t),t=t instanceof ShadowRoot?t.host:t.parentNode;e!==this.scroller&&(this.outer.disconnect(),this.scroller=e,e&&this.
outer.observe(e))}toggle(){let{el:t}=this.lab,e=!t.classList.contains("ame-presented");t.classList.toggle("ame-presented",
e),e?(t.setAttribute("popover","manual"),t.showPopover?.()):(t.hidePopover?.(),t.removeAttribute("popover")),this.present.
setAttribute("aria-pressed",String(e)),y(this.present,e?"Leave":"Present"),this.lab.again(),this.present.focus({preventScroll:!0})}};
function bi(a){let{overflowY:t}=getComputedStyle(a);return t==="auto"||t==="scroll"}var W=({k:a,x0:t,y0:e},s,i)=>[s*a+t,e-i*a],hs=({k:a,x0:t,y0:e},s,i)=>[(s-t)/a,(e-i)/a];function ls({x:a,y:t,w:e,h:s},{width:i,
height:n}){let o=Math.min(i/e,n/s);return{k:o,x0:i/2-a*o,y0:n/2+t*o}}function cs(a,{k:t,x0:e,y0:s},i,n,o=12){let r=o*o,l=null;
for(let c=0;c<a.length/2;c++){let p=a[2*c]*t+e-i,d=s-a[2*c+1]*t-n,u=p*p+d*d;u<r&&([r,l]=[u,c])}return l}function ds(a,t,e){
let s=!1;for(let i=0,n=a.length-1;i<a.length;n=i++){let[o,r]=a[i],[l,c]=a[n];r>e!=c>e&&t<(l-o)*(e-r)/(c-r)+o&&(s=!s)}return s}
function ps(a){let[t,e,s,i]=[1/0,-1/0,1/0,-1/0];for(let n of a)for(let o=0;o<n.length;o+=2){let r=n[o],l=n[o+1];r<t&&(t=
r),r>e&&(e=r),l<s&&(s=l),l>i&&(i=l)}return t<e?[t,e,s,i]:null}var os=18,rs=16,wi=200;function st(a,t,e=[]){return e.push(
...a.map(({x:s,y:i,side:n=os})=>[s-n/2,i-n/2,n,n])),a.map(({x:s,y:i,width:n,side:o=os})=>{let r=o/2,l=[[r+3,0],[-r-3-n,0],
[-n/2,-r-8],[-n/2,r+8]];if(a.length<=wi){for(let d of[r+3,-r-3-n])l.push([d,-r-4],[d,r+4]);for(let d of[-r,r-n])l.push([
d,-r-8],[d,r+8])}let c=([d,u])=>[s+d-2,i+u-rs/2,n+4,rs],p=l.find(d=>{let[u,m,f,b]=c(d);return u>0&&m>0&&u+f<t.width&&m+b<
t.height&&!e.some(g=>u<g[0]+g[2]&&g[0]<u+f&&m<g[1]+g[3]&&g[1]<m+b)});return p&&e.push(c(p)),p??null})}var yi=2e3,ki=[8,10,12,14,17,20,24,29,34,40,48],vi=1.3,xi=28,Mi=1<<23,Si=16;function us({width:a,height:t},e,s,i){if(s>yi||
!(i>0))return 0;let n=Math.min(xi,vi*Math.sqrt(a*t/Math.max(1,e)))*Math.sqrt(i);return ki.findLast(o=>o<=n)??0}function ms(a,{
k:t,x0:e,y0:s},{width:i,height:n}){let o=0;for(let r=0;r<a.length;r+=2){let l=a[r]*t+e,c=s-a[r+1]*t;l>=0&&c>=0&&l<=i&&c<=
n&&o++}return o}function me(a,t,e,s,i,n,o,r=32){let{side:l}=s,c=Math.round(n-l/2),p=Math.round(o-l/2),[d,u]=[Math.max(0,
-c),Math.min(l,t-c)],[m,f]=[Math.max(0,-p),Math.min(l,e-p)],b=Math.floor(i/s.columns)*l*s.width+i%s.columns*l;for(let g=m;g<
f;g++){let k=b+g*s.width,v=(p+g)*t+c;for(let T=d;T<u;T++){let x=s.pixels[k+T],E=x>>>24===255?r:((x>>>24)*r+127)/255|0;if(E===
32)a[v+T]=x;else if(E){let I=a[v+T],M=(I&16711935)*(32-E)+(x&16711935)*E>>>5&16711935,w=(I&65280)*(32-E)+(x&65280)*E>>>5&
65280;a[v+T]=4278190080|M|w}}}}function ue(a,t,e,s){let i=new Path2D;return i.roundRect(t,e,s,s,s*(a.filled?.16:.5)),i}var it=class a{constructor(t,{
count:e,columns:s,width:i,height:n}){this.image=t,this.count=e,this.columns=s,this.width=i,this.height=n}static async load(t){
let e=t.file;return new a(await createImageBitmap(new Blob([e],{type:"image/webp"})),t)}fill(t,e){t.width=this.width,t.height=
this.height,this.draw(C(t),e,0,0,this.width,this.height)}draw(t,e,s,i,n,o){t.imageSmoothingEnabled=Math.min(this.width,this.
height)>=Si,t.imageSmoothingQuality="high";let[r,l]=[e%this.columns*this.width,Math.floor(e/this.columns)*this.height];t.
drawImage(this.image,r,l,this.width,this.height,s,i,n,o)}tile(t,e,s,i,n,o,r){let l=s.halo?r:0;t.save(),s.halo&&(t.fillStyle=
s.halo,t.fill(ue(s,i,n,o))),t.fillStyle=s.color,t.fill(ue(s,i+l,n+l,o-2*l));let c=l+r;t.clip(ue(s,i+c,n+c,o-2*c)),this.draw(
t,e,i+c,n+c,o-2*c,o-2*c),t.restore()}sheet(t,e,s){let i=Math.floor(Math.sqrt(Mi/(this.columns*Math.ceil(this.count/this.
columns)))),n=Math.max(1,Math.min(t,i)),o=document.createElement("canvas");o.width=n*this.columns,o.height=n*Math.ceil(this.
count/this.columns);let r=C(o,{willReadFrequently:!0});for(let c=0;c<this.count;c++)this.tile(r,c,e(c),c%this.columns*n,
Math.floor(c/this.columns)*n,n,s);let{data:l}=r.getImageData(0,0,o.width,o.height);return{side:n,columns:this.columns,width:o.
width,pixels:new Uint32Array(l.buffer)}}};var Ai=180,$i=24,Ti=80,Ei=20,Oi=5,Nt=class{constructor(t,e){this.owner=t,this.index=e,this.canvas=h("canvas",{class:"ame\
-points","aria-hidden":"true"}),this.over=h("canvas",{class:"ame-over",tabindex:"0",role:"application","data-testid":`ma\
nifold-${e}`}),this.swatch=h("span",{class:"ame-swatch","aria-hidden":"true"}),this.title=h("span",{class:"ame-name"}),this.
figures=h("p",{class:"ame-muted ame-figures"}),this.tip=h("div",{class:"ame-tip",hidden:!0,role:"status","data-testid":`\
tip-${e}`}),this.thumb=h("canvas",{class:"ame-thumb","aria-hidden":"true"}),this.tipText=h("div",{}),this.tip.append(this.
thumb,this.tipText),this.el=h("div",{class:"ame-pane"},h("div",{class:"ame-pane-head"},h("h4",{},this.swatch,this.title),
this.figures),h("div",{class:"ame-stage"},this.canvas,this.over,this.tip)),this.blank=!0,this.starsDrawn=[],this.covered=
[],this.shown=null,this.pixels=new bt(this.canvas,{alpha:!1}),this.lasso=null,this.drag=null,Pe(this.over,this),this.over.
addEventListener("pointerleave",()=>!this.drag&&this.owner.hover(this.owner.at=null))}draw(t,e,s){let i=t[t.length-1],n=F(
this.canvas);if(F(this.over),!this.canvas.width||!this.canvas.height)return;let o=ls(s,n),r={arm:i,arms:t,scene:e,size:n,
place:o,side:this.owner.sideFor(n,o,i.manifold?.points??[])};this.shown=r,this.over.dataset.points=r.side?"images":"dots",
this.head(i,t,e),wt(()=>{this.paint(r),this.owner.lab.probe.paintOn(this)}),this.owner.lab.oneStep.paintOn(this)}paint(t){
let{arm:e,arms:s,scene:i,size:n,place:o,side:r}=t,{k:l,x0:c,y0:p}=o,{ink:d,pictures:u}=this.owner.lab,{width:m,height:f}=this.
canvas,b=this.pixels.clear(d.paper32),g=n.scale,k=e.manifold?.points??[],v=s.length>1?0:k.length/2,T=g*Math.max(2,Math.min(
5.2,Math.round(3*Math.sqrt(n.width*n.height/Math.max(1,i.ids.length)))/10));s.length>1&&this.stampArms(t,T);let x=this.owner.
spritesFor(i,T),{labels:E,ids:I}=i,M=this.owner.selected,w=M.size>0,S=l*g,A=c*g,N=p*g,_=w?x.dim:x.plain,z=r?this.owner.sheetsFor(
i,r,g,w):null,Y=z?Math.min(v,u?.count??0):0;for(let R=Y;R<v;R++)At(b,m,f,_[E[R]],k[2*R]*S+A,N-k[2*R+1]*S);if(z)for(let R=0;R<
Y;R++)me(b,m,f,z.plain,R,k[2*R]*S+A,N-k[2*R+1]*S,w?Oi:32);if(w)for(let R=0;R<v;R++){if(!M.has(I[R]))continue;let[$e,Te]=[
k[2*R]*S+A,N-k[2*R+1]*S];z?.strong&&R<Y?me(b,m,f,z.strong,R,$e,Te):At(b,m,f,x.strong[E[R]],$e,Te)}if(this.pixels.show(),
this.starsDrawn=this.covered=[],!e.manifold)return;let{context:U}=this.pixels;U.save(),U.scale(g,g),U.textBaseline="midd\
le",U.lineJoin="round";let Ys=this.stars(U,e.manifold.anchors,t);Y&&this.owner.lab.frame.state!=="playing"&&this.captions(
U,t,Y,Ys),U.restore()}stampArms({arms:t,scene:e,size:s,place:i},n){let{width:o,height:r}=this.canvas,{owner:l}=this,c=l.
armSpritesFor(n),p=s.scale,d=l.selected.size>0,u=Math.max(...t.map(({manifold:m})=>(m?.points.length??0)/2));for(let m of d?
[!1,!0]:[!1])for(let f=0;f<u;f++)m&&!l.selected.has(e.ids[f])||t.forEach(({manifold:b},g)=>{if(!b||2*f>=b.points.length)
return;let k=m?c.strong:d?c.dim:c.plain;At(this.pixels.all,o,r,k[g],(b.points[2*f]*i.k+i.x0)*p,(i.y0-b.points[2*f+1]*i.k)*
p)})}stars(t,e,{scene:s,size:i,place:n}){let{ink:o}=this.owner.lab,r=[],l=i.height<Ai;t.font=`600 ${l?12:13}px ${o.font}`;
let c=l?4.5:e.length>2*$i?6:i.width<380?7.5:9,p=Array.from({length:e.length/2},(m,f)=>{let[b,g]=W(n,e[2*f],e[2*f+1]),k=s.
short[f]??String(f),v=this.owner.mark(s,f);return D(t,{...v,shape:"star",filled:!0,halo:o.text},b,g,c),D(t,{...v,shape:"\
star",halo:null,inside:o.card},b,g,v.filled?c:.86*c),{text:k,x:b,y:g,width:t.measureText(k).width,side:2.3*c,spot:null}}),
d=p.filter(({x:m,y:f})=>m>=-20&&f>=-20&&m<=i.width+20&&f<=i.height+20),u=st(d,i,r);return d.forEach((m,f)=>m.spot=u[f]),
ne(t,d,u,o.text,o.card),this.starsDrawn=p,this.covered=[...r],r}captions(t,{arm:e,scene:s,size:i,place:n,side:o},r,l){let{
ink:c}=this.owner.lab,p=e.manifold?.points??[],d=[];for(let m=0;m<r&&o>=Ei&&s.captions.length;m++){let[f,b]=W(n,p[2*m],p[2*
m+1]);f>=0&&b>=0&&f<=i.width&&b<=i.height&&d.push({i:m,x:f,y:b,side:o})}if(!d.length||d.length>Ti)return;t.font=`12px ${c.
font}`;let u=d.map(({i:m,...f})=>({...f,text:s.captions[m],width:t.measureText(s.captions[m]).width}));ne(t,u,st(u,i,l),
c.muted,c.card)}head(t,e,s){let i=e.length>1;this.swatch.hidden=i,this.swatch.style.background=P(j(this.owner.arms,this.
index)),y(this.title,i?e.map(({name:p})=>p).join(" and "):t.name),this.title.title=e.map(({label:p})=>p).join("; ");let n=t.
manifold?.prediction,{labels:o}=s,r=n&&n.length<o.length?` of these ${n.length}`:"",l=n?.length?`${fs(t,s)} right${r} am\
ong all ${s.class_names.length} classes`:"";i&&(l=e.map(p=>`${p.name} ${fs(p,s)}`).join(", ")),y(this.figures,t.error?`s\
topped: ${t.error}`:l);let c=`Shared manifold of ${i?e.map(({name:p})=>p).join(" and "):t.name} at step ${t.manifold?.step??
t.step}. ${l}. Arrow keys move the view, plus and minus zoom, 0 shows everything, N and B go from image to image, Enter \
selects, Escape clears, I shows images or dots.`;this.over.getAttribute("aria-label")!==c&&this.over.setAttribute("aria-\
label",c)}under(t){let e=this.shown?.arm.manifold?.points;if(!this.shown||!e)return null;let{arms:s,place:i,side:n}=this.
shown;for(let o of[...s].reverse()){let r=o.manifold&&cs(o.manifold.points,i,t.offsetX,t.offsetY,Math.max(12,.7*n));if(r!==
null)return r}return null}overlay(t,e){if(!this.shown)return;let{arm:s,arms:i,scene:n,size:o,place:r,side:l}=this.shown,
{width:c,height:p,scale:d}=o,{ink:u,pictures:m}=this.owner.lab,f=C(this.over),{manifold:b}=s,g=t===null||!b||2*t>=b.points.
length;if((!this.blank||!g||this.lasso)&&(f.setTransform(d,0,0,d,0,0),f.clearRect(0,0,c,p)),this.blank=g&&!this.lasso,Ne(
f,this.lasso,u),g){this.tip.hidden=!0;return}let{points:k,anchors:v}=b,[T,x]=W(r,k[2*t],k[2*t+1]);for(let[w,S]of i.entries()){
if(S===s||!S.manifold||2*t>=S.manifold.points.length)continue;let A=W(r,S.manifold.points[2*t],S.manifold.points[2*t+1]);
f.strokeStyle=P(j(i,w)),f.lineWidth=2,f.beginPath(),f.moveTo(T,x),f.lineTo(...A),f.stroke(),D(f,{...this.owner.armMark(w),
halo:u.text},...A,6)}let E=n.labels[t],I=l>0&&m!==null&&t<m.count?Math.max(32,1.5*l):0;if(I&&(f.globalAlpha=.5,f.fillStyle=
u.card,f.fillRect(0,0,c,p),f.globalAlpha=1),f.strokeStyle=u.text,2*E<v.length){let w=W(r,v[2*E],v[2*E+1]);f.setLineDash(
[3,3]),f.lineWidth=1.5,f.beginPath(),f.moveTo(T,x),f.lineTo(...w),f.stroke(),f.setLineDash([]),I&&D(f,{...this.owner.mark(
n,E),shape:"star",filled:!0,halo:u.text},...w,9)}if(I&&m?m.tile(f,t,{...this.owner.mark(n,E),halo:u.text},T-I/2,x-I/2,I,
2):(f.beginPath(),f.arc(T,x,9,0,2*Math.PI),f.lineWidth=2.5,f.stroke()),!e){this.tip.hidden=!0;return}let M=this.owner.describe(
n,t,s);this.tip.hidden=!1,this.tipText.replaceChildren(h("strong",{},M.caption||M.label),h("div",{},`class ${M.label} · \
image ${M.id}`),h("div",{class:xt(M)},vt({...M,predicted:`answer: ${M.predicted}`})),h("div",{},et("predictive_entropy",
M.entropy))),$(this.thumb,this.owner.lab.thumbnail(this.thumb,t)),De(this.tip,[T,x],o)}down(t){if(t.button!==0||!this.shown)
return;this.over.setPointerCapture(t.pointerId);let e=this.owner.tool==="move"||t.shiftKey&&t.altKey;this.drag={x:t.offsetX,
y:t.offsetY,far:!1,moving:e,add:t.shiftKey},this.lasso=e?null:[[t.offsetX,t.offsetY]]}move(t){let{drag:e,shown:s,owner:i}=this;
if(s){if(!e)return i.hover(i.at=this.under(t),this);e.far||=Math.hypot(t.offsetX-e.x,t.offsetY-e.y)>4,e.far&&(this.lasso?
(this.lasso.push([t.offsetX,t.offsetY]),i.hover(null)):i.view&&(i.view.x-=t.movementX/s.place.k,i.view.y+=t.movementY/s.
place.k,i.redraw()))}}up(t){let{drag:e,lasso:s,shown:i}=this;if(this.cancel(),!e||!i)return;let n=this.under(t);e.far?s&&
this.owner.select(this.within(i,s),e.add):n!==null?this.owner.select([i.scene.ids[n]],e.add):this.owner.selected.size&&this.
owner.select([])}cancel(){this.drag=this.lasso=null,this.owner.hover(null)}within({arms:t,scene:e,place:s},i){let n=new Set;
for(let{manifold:o}of t)for(let r=0;o&&r<o.points.length/2;r++)ds(i,...W(s,o.points[2*r],o.points[2*r+1]))&&n.add(e.ids[r]);
return[...n]}wheel(t){!(t.ctrlKey||t.metaKey)||!this.shown||(t.preventDefault(),this.owner.zoom(Math.exp(t.deltaY*.002),
hs(this.shown.place,t.offsetX,t.offsetY)))}key(t){let{owner:e,shown:s}=this;if(!s||!e.view||t.ctrlKey||t.metaKey||t.altKey)
return;let{arm:i,scene:n}=s,o=n.ids.length,l={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,1],ArrowDown:[0,-1]}[t.key],c=t.
key.toLowerCase();if(l)e.view.x+=.1*e.view.w*l[0],e.view.y+=.1*e.view.h*l[1],e.redraw();else if(c==="+"||c==="=")e.zoom(
.8);else if(c==="-")e.zoom(1.25);else if(c==="0")e.fit();else if(c==="n"||c==="b"){let p=((e.at??(c==="n"?-1:0))+(c==="n"?
1:-1)+o)%o;e.at=p,e.hover(p,this);let d=e.describe(n,p,i);e.lab.say(`Image ${d.id}: class ${d.label}, answer ${d.predicted}\
, ${et("predictive_entropy",d.entropy)}.`)}else if(c==="i")e.toggleImages();else if(c==="o")e.toggleOverlay();else if(c===
"enter"&&e.at!==null)e.select([n.ids[e.at]],!0);else if(c==="escape")e.select([]);else return;t.preventDefault(),t.stopPropagation()}};
function fs({manifold:a},{labels:t}){let e=a?.prediction;if(!e?.length)return"–";let s=0;for(let i=0;i<e.length;i++)s+=
+(e[i]===t[i]);return`${Math.round(100*s/e.length)} %`}var gs=1.04,Ii=24,Ci=10,bs=([a,t,e,s])=>({x:(a+t)/2,y:(e+s)/2,w:gs*(t-a||1),h:gs*(s-e||1)}),Dt=class{constructor(t){this.
lab=t,this.panes=[],this.arms=[],this.view=null,this.home=null,this.tool="lasso",this.selected=new Set,this.at=null,this.
sprites=null,this.sheets=null,this.overlaid=!1,this.armSprites=null,this.legend=h("ul",{class:"ame-legend","aria-label":"\
Classes: colour and shape; filled marks are base classes, open ones new"});let e=(i,n,o)=>h("button",{class:"ame-quiet",
type:"button","aria-pressed":String(this.tool===i),"data-tool":i,title:n,"aria-label":n,onclick:()=>this.setTool(i)},o);
this.tools=[e("lasso","Drag selects with a lasso","Lasso"),e("move","Drag moves the view","Move")];let s=(i,n,o)=>h("but\
ton",{class:"ame-quiet",type:"button",title:i,"aria-label":i,onclick:o},n);this.images=h("button",{class:"ame-quiet",type:"\
button",hidden:!0,title:"Draw points as their images (I)","data-testid":"images",onclick:()=>this.toggleImages()},"Image\
s"),this.overlay=h("button",{class:"ame-quiet",type:"button",hidden:!0,"aria-pressed":"false",title:"All students in one\
 map, each in its own colour and shape (O)","data-testid":"overlay",onclick:()=>this.toggleOverlay()},"Overlay"),this.table=
Tt("manifold","Shared manifold",()=>this.rows()),this.note="",this.row=h("div",{class:"ame-panes"}),this.footnote=h("p",
{class:"ame-muted"}),this.el=h("section",{class:"ame-card ame-manifold","aria-label":"Shared manifold","data-view":"mani\
fold"},h("header",{},h("h3",{},"Shared manifold"),h("span",{class:"ame-push"}),this.overlay,this.images,h("div",{class:"\
ame-group",role:"group","aria-label":"What dragging does"},this.tools),h("div",{class:"ame-group",role:"group","aria-lab\
el":"Zoom"},s("Zoom out","−",()=>this.zoom(1.25)),s("Zoom in","+",()=>this.zoom(.8)),s("Fit what is drawn now; again: \
the full range of the axes","Fit",()=>this.fit())),this.table.button),this.row,this.legend,this.footnote,this.table.box)}setTool(t){
this.tool=t;for(let e of this.tools)e.setAttribute("aria-pressed",String(e.dataset.tool===t));for(let e of this.panes)e.
over.style.cursor=t==="move"?"grab":"crosshair"}scene(t){this.home=t.extent&&bs(t.extent),this.view=this.home&&{...this.
home},this.forget(),this.at=null,this.home&&this.shape(this.home),this.legendOf(t)}forget(){this.sprites=this.sheets=this.
armSprites=null}get asImages(){let{lab:{client:t,pictures:e,scene:s}}=this;return e!==null&&!!(t.model.get("images")??s?.
show_images)}toggleOverlay(){this.arms.length<2||(this.overlaid=!this.overlaid,this.lab.say(this.overlaid?`One map: ${this.
arms.map(({name:t})=>t).join(" and ")}, each in its own colour and shape.`:"A map for each student."),this.lab.draw(this.
lab.frame),this.lab.scene&&this.legendOf(this.lab.scene))}toggleImages(){if(!this.lab.pictures)return;let{model:t}=this.
lab.client;t.set("images",!this.asImages);try{t.save_changes()}catch{}this.lab.say(this.asImages?"Points are images.":"P\
oints are dots."),this.lab.again()}sideFor(t,e,s){let{home:i,lab:{scene:n}}=this;if(!this.asImages||!i||!n||this.overlaid)
return 0;let o=e.k/Math.min(t.width/i.w,t.height/i.h);return us(t,n.ids.length,ms(s,e,t),o)}sheetsFor(t,e,s,i){let{ink:n,
pictures:o}=this.lab;if(!o)return null;let r=Math.round(e*s),l=Math.max(1,Math.round(s*(e<20?1.25:1.75))),c=p=>d=>({...this.
mark(t,t.labels[d]),halo:p});return this.sheets?.side!==r&&(this.sheets={side:r,plain:o.sheet(r,c(null),l),strong:null}),
i&&(this.sheets.strong??=o.sheet(Math.round(r*1.25),c(n.text),l)),this.sheets}legendOf(t){if(this.overlaid){this.legend.
replaceChildren(...this.arms.map(({name:i},n)=>{let o=h("canvas",{width:28,height:28,"aria-hidden":"true"});return D(C(o),
this.armMark(n),14,14,8.5),h("li",{},o,i)}));return}let e=new Set(t.labels),s=t.short.map((i,n)=>({name:i,c:n})).filter(
({c:i})=>i<Ii&&(!e.size||e.has(i)));this.legend.replaceChildren(...s.map(({name:i,c:n})=>{let o=h("canvas",{width:28,height:28,
"aria-hidden":"true"}),r=this.mark(t,n),l={...r,shape:r.filled?"square":"circle",filled:!1};return D(C(o),this.asImages?
l:r,14,14,8.5),h("li",{},o,i)}))}mark(t,e,s=!0){let{ink:i}=this.lab;return{shape:ze(e),color:t.colors[e]??i.text,filled:t.
base?!!t.base[e]:!0,halo:s?i.card:null}}armMark(t){return{shape:tt(t),color:P(j(this.arms,t)),filled:!0,halo:this.lab.ink.
card}}shape({w:t,h:e}){this.row.style.setProperty("--ame-aspect",Math.max(.9,Math.min(2,t/e)).toFixed(3))}frameExtent(){
let t=ps(this.arms.flatMap(({manifold:e})=>e?[e.points,e.anchors]:[]));return t&&bs(t)}fit(){let t=this.frameExtent();if(!t)
return;let e=this.view&&Math.abs(this.view.w-t.w)+Math.abs(this.view.x-t.x)<1e-9*t.w;this.view={...e&&this.home?this.home:
t},this.redraw()}zoom(t,e=null){let{view:s}=this;s&&(e&&(s.x=e[0]+(s.x-e[0])*t,s.y=e[1]+(s.y-e[1])*t),s.w*=t,s.h*=t,this.
redraw())}draw(t){this.arms=t.arms,this.selected=new Set(t.selection),this.home||(this.home=this.frameExtent(),this.view=
this.home&&{...this.home},this.home&&this.shape(this.home));let e=this.lab.scene?.ids.length??0,s=Math.min(...this.arms.
map(({manifold:o})=>(o?.points.length??0)/2)),i=e.toLocaleString("en");this.note=e?s>0&&s<e?`${s} of ${i} images while i\
t trains`:`${i} images`:"",this.arms.length<2&&(this.overlaid=!1),$(this.overlay,this.arms.length>1),this.overlay.setAttribute(
"aria-pressed",String(this.overlaid));let n=this.overlaid?1:this.arms.length;for(this.row.dataset.arms=String(n);this.panes.
length>n;)this.panes.pop()?.el.remove();for(;this.panes.length<n;){let o=new Nt(this,this.panes.length);this.panes.push(
o),this.row.append(o.el)}this.redraw(),this.table.update()}redraw(){let{view:t,lab:{scene:e}}=this;if(!(!t||!e)){for(let[
s,i]of this.panes.entries())i.draw(this.overlaid?this.arms:[this.arms[s]],e,t);this.explain(e),this.hover()}}explain(t){
let{asImages:e,lab:{frame:{explained:s}}}=this,i=e&&!this.overlaid&&this.panes.some(({shown:l})=>l?.side===0);this.images.
getAttribute("aria-pressed")!==String(e)&&(this.images.setAttribute("aria-pressed",String(e)),this.legendOf(t)),$(this.images,
!!t.thumbnails&&!this.overlaid),$(this.legend,this.overlaid||!e||t.short.length<=Ci);let n=this.overlaid?"colour and sha\
pe: the student":t.base?e&&!i?"square: base class, round: new class":"filled: base class, open: new class":"",{sampled:o}=t,
r=[this.note&&i?`${this.note}, as dots until you zoom in`:this.note,o&&`scores: of ${o}`,"★ class text",n,s&&`axes: ${s}`];
y(this.footnote,r.filter(Boolean).join(" · "))}theme(){this.forget(),this.lab.scene&&this.legendOf(this.lab.scene),this.
redraw()}spritesFor(t,e){if(this.sprites?.radius===e)return this.sprites;let{ink:s}=this.lab,i=e>4,n=Math.max(1,t.short.
length),o=(l,c)=>Array.from({length:n},(p,d)=>St({...this.mark(t,d,i),...l},e,c)),r=Array.from({length:n},(l,c)=>St({...this.
mark(t,c),halo:s.text,inside:s.card,edge:.4},e*1.2));return this.sprites={radius:e,plain:o({},i?.95:.8),dim:o({halo:null},
.16),strong:r},this.sprites}armSpritesFor(t){if(this.armSprites?.radius===t&&this.armSprites.plain.length===this.arms.length)
return this.armSprites;let{ink:e}=this.lab,s=(i,n,o=1)=>this.arms.map((r,l)=>St({...this.armMark(l),...i},o*t,n));return this.
armSprites={radius:t,plain:s({halo:t>4?e.card:null},.75),dim:s({halo:null},.14),strong:s({halo:e.text,edge:.4},1,1.2)},this.
armSprites}select(t,e=!1){let s=e?[...new Set([...this.selected,...t])]:t;this.selected=new Set(s),this.lab.command("sel\
ect",{ids:s}),this.redraw()}hover(t=this.at,e=null){for(let s of this.panes)s.overlay(t,e===s||e===null&&s===this.panes[0])}describe(t,e,s){
let i=t.labels[e],n=s?.manifold?.prediction[e],o=r=>t.short[r]??"–";return{id:t.ids[e],caption:t.captions[e]??t.class_names[i]??
"",label:o(i),predicted:n===void 0?"–":o(n),right:n===void 0?null:n===i,entropy:s?.manifold?.entropy[e]}}rows(){let{scene:t}=this.
lab,e=[];if(t){let s=[...t.ids.keys()],i=n=>Number(this.selected.has(t.ids[n]));this.selected.size&&s.sort((n,o)=>i(o)-i(
n));for(let n of this.arms)for(let o of s.slice(0,Math.ceil(200/this.arms.length))){let{id:r,label:l,predicted:c,entropy:p}=this.
describe(t,o,n),d=n.manifold?.points;e.push([n.name,r,l,c,p,d?.[2*o],d?.[2*o+1]])}}return{columns:["arm","id","class","a\
nswer",$t("predictive_entropy"),"axis 1","axis 2"],rows:e}}};var Q=11;function Li(a,t,e,s){let i=[...a],n=a[t];for(let o=t;o!==e;o+=Math.sign(e-t))i[o]=n+(s-n)*(o-t)/(e-t);return i[e]=
s,i}var Rt=class{constructor(t,{term:e,low:s,high:i},n,o,r){this.lab=t,this.term=e,this.low=s,this.high=i,this.locked=o,
this.report=r,this.values=n,this.cursor=0,this.last=null,this.canvas=h("canvas",{class:"ame-sketch",tabindex:"0",role:"a\
pplication","aria-label":`Sketch ${B[e]?.label??e} from ${s} to ${i} over the run. Left and right choose a place, up and\
 down set its height.`}),this.el=h("div",{},this.canvas);let l=c=>!o&&c.buttons&&this.put(c.offsetX/this.canvas.clientWidth,
1-c.offsetY/this.canvas.clientHeight);this.canvas.addEventListener("pointerdown",c=>{this.canvas.setPointerCapture(c.pointerId),
this.last=null,l(c)}),this.canvas.addEventListener("pointermove",l),this.canvas.addEventListener("keydown",c=>this.key(c))}put(t,e){
let s=Math.round(Math.max(0,Math.min(1,t))*(Q-1)),i=this.low+(this.high-this.low)*Math.max(0,Math.min(1,e));this.values=
Li(this.values??new Array(Q).fill(i),this.last??s,s,i),this.last=s,this.report(this.values),this.draw(this.lab.frame)}key(t){
let e={ArrowLeft:-1,ArrowRight:1}[t.key]??0,s={ArrowUp:.05,ArrowDown:-.05}[t.key]??0;if(!(!e&&!s||this.locked)){if(t.preventDefault(),
t.stopPropagation(),e)this.cursor=Math.max(0,Math.min(Q-1,this.cursor+e));else{let i=this.values??new Array(Q).fill((this.
low+this.high)/2);this.values=i,this.last=this.cursor,this.put(this.cursor/(Q-1),(i[this.cursor]-this.low)/(this.high-this.
low)+s)}this.lab.say(`Place ${this.cursor+1} of ${Q}: ${q(this.values?.[this.cursor])}`),this.draw(this.lab.frame)}}draw(t){
let{width:e,height:s,scale:i}=F(this.canvas);if(!e)return;let{ink:n}=this.lab,o=C(this.canvas);o.setTransform(i,0,0,i,0,
0),o.fillStyle=n.soft,o.fillRect(0,0,e,s);let r=l=>s-s*(l-this.low)/(this.high-this.low);o.font=`11px ${n.font}`,o.fillStyle=
n.muted,o.fillText(q(this.high),3,12),o.fillText(q(this.low),3,s-4),this.values?(o.strokeStyle=n.text,o.lineWidth=2,o.setLineDash(
[4,3]),o.beginPath(),this.values.forEach((l,c)=>o[c?"lineTo":"moveTo"](e*c/(Q-1),r(l))),o.stroke(),o.setLineDash([])):o.
fillText("draw here",e/2-22,s/2),(this.locked?t.arms:[]).forEach((l,c)=>{let p=l.series[this.term];if(p){o.strokeStyle=P(
c),o.beginPath();for(let d=0;d<p.x.length;d++)o[d?"lineTo":"moveTo"](e*p.x[d]/(t.steps||1),r(p.y[d]));o.stroke()}}),document.
activeElement===this.canvas&&(o.fillStyle=n.accent,o.fillRect(e*this.cursor/(Q-1)-1,0,2,s))}};var ws=.4,Bt={ok:{sign:"✓",name:"Fine"},warn:{sign:"!",name:"Watch"},alarm:{sign:"✗",name:"Broken"}},ys=[{level:"ok",
text:"Nothing to report yet.",sensitivity:"",advice:""}],_t=class{constructor(){this.shown=new L,this.list=h("ul",{class:"\
ame-findings","data-testid":"diagnosis"}),this.el=h("section",{class:"ame-card","aria-label":"Diagnosis"},h("header",{},
h("h3",{},"Diagnosis")),this.list)}draw({diagnosis:t}){if(!this.shown.isNew(t))return;let e=t.length?t:ys;this.list.replaceChildren(
...e.map(({level:s,text:i,sensitivity:n,advice:o})=>h("li",{"data-level":s},h("b",{"aria-hidden":"true"},Bt[s].sign),h("\
div",{},h("p",{},h("span",{class:"ame-hidden"},`${Bt[s].name}: `),i),o&&h("p",{class:"ame-try"},h("b",{},"Try: "),o),n&&
h("p",{class:"ame-muted"},n)))))}},Ft=class{constructor(t){this.shown=new L,this.sign=h("b",{"aria-hidden":"true"}),this.
text=h("span",{class:"ame-first"}),this.more=h("span",{class:"ame-more"}),this.el=h("button",{type:"button",class:"ame-f\
inding","data-testid":"first-finding",title:"Open the diagnosis",onclick:t},this.sign,this.text,this.more)}draw({diagnosis:t},e){
if($(this.el,e),!e||!this.shown.isNew(t))return;let[s]=t.length?t:ys;this.el.dataset.level=s.level,y(this.sign,Bt[s.level].
sign),this.text.replaceChildren(h("span",{class:"ame-hidden"},`Diagnosis, ${Bt[s.level].name}: `),s.text);let i=t.length-
1;y(this.more,i>0?`+ ${i} more`:"more")}},qt=class{constructor(){this.shape=new L,this.drawnAt=0,this.table=h("table",{"\
data-testid":"delta"}),this.body=h("tbody",{}),this.el=h("section",{class:"ame-card","aria-label":"What the last step ch\
anged"},h("header",{},h("h3",{},"What the last step changed")),h("div",{class:"ame-delta",tabindex:"0",role:"region","ar\
ia-label":"Delta table"},this.table))}draw(t){if(t.state==="playing"&&O()-this.drawnAt<ws)return;this.drawnAt=O();let{columns:e,
rows:s}=t.delta;this.shape.isNew([e,s.map(i=>i.length)])&&(this.body=h("tbody",{},s.map(i=>i.length===1?h("tr",{class:"a\
me-since"},h("th",{scope:"rowgroup",colspan:e.length})):h("tr",{},e.map((n,o)=>o?h("td",{},h("b",{}),h("small",{})):h("t\
h",{scope:"row"}))))),this.table.dataset.columns=String(e.length),this.table.style.setProperty("--ame-columns",String(e.
length)),this.table.replaceChildren(h("thead",{},h("tr",{},e.map(i=>h("th",{scope:"col",title:i||null},i||h("span",{class:"\
ame-hidden"},"quantity"))))),this.body)),s.forEach((i,n)=>i.forEach((o,r)=>{let l=this.body.children[n].children[r],c=typeof o==
"string"?{value:o,trend:null,by:""}:o;if(!r)return y(l,c.value);let[p,d]=l.children;y(p,c.value),y(d,c.trend===null?"":c.
trend==="same"?"= same":`${c.trend==="up"?"▲ +":"▼ −"}${c.by}`)}))}},jt=class{constructor(t){this.lab=t,this.shape=
new L,this.questions=[],this.answers={},this.sketches=[],this.outcomes=new Map,this.tried=!1,this.body=h("div",{}),this.
commit=h("button",{type:"submit",class:"ame-button ame-primary","data-testid":"commit"},"Commit my prediction"),this.note=
h("p",{class:"ame-muted",role:"status"}),this.el=h("section",{class:"ame-card ame-predict","aria-label":"Predict, then r\
un"},h("header",{},h("h3",{},"Predict, then run")),h("form",{onsubmit:e=>this.submit(e)},this.body,this.note,this.commit))}submit(t){
t.preventDefault(),this.tried=!0,this.tell(),this.missing().length||this.lab.command("predict",{answers:this.answers})}missing(){
return this.questions.filter(({id:t})=>this.answers[t]===void 0)}answer(t,e){this.answers[t]=e,this.tell()}tell(){let t=this.
lab.frame.prediction?.waiting,e=this.tried?this.missing():[];y(this.note,t?e.length?`Still open: ${e.map(({text:s})=>s).
join(" ")}`:"Commit your prediction to unlock play.":"Committed. The result appears below your answer.")}there({prediction:t}){
return t!==null}draw(t){let{prediction:e}=t;if(!e)return;let{questions:s,answers:i,outcome:n,waiting:o}=e;this.shape.isNew(
[s,o])&&(this.questions=s,this.answers={...i},this.tried=!1,this.sketches=[],this.outcomes=new Map,this.body.replaceChildren(
...s.map(r=>this.question(r,!o)))),$(this.commit,o),this.tell();for(let[r,l]of this.outcomes){let c=n[r];if($(l,!!c),!c)
continue;let{text:p,right:d}=c;l.className=`ame-outcome ${d===!0?"ame-right":d===!1?"ame-wrong":""}`,y(l,`${d===!0?"✓ ":
d===!1?"✗ ":""}${p}`)}for(let r of this.sketches)r.draw(t)}question({id:t,text:e,options:s,sketch:i},n){let o=h("p",{class:"\
ame-outcome",hidden:!0});this.outcomes.set(t,o);let r=this.answers[t];if(i){let c=new Rt(this.lab,i,Array.isArray(r)?[...r]:
null,n,p=>this.answer(t,p));return this.sketches.push(c),h("fieldset",{"data-testid":`predict-${t}`},h("legend",{},e),c.
el,o)}let l=X();return h("fieldset",{disabled:n,"data-testid":`predict-${t}`},h("legend",{},e),h("div",{class:"ame-optio\
ns"},(s??[]).map(c=>h("label",{},h("input",{type:"radio",name:l,value:c,checked:r===c,onchange:()=>this.answer(t,c)}),` ${c}`))),
o)}},Pi=40,Wt=class{constructor(t){this.lab=t,this.listed=new L,this.drawnAt=0,this.count=h("span",{class:"ame-muted"}),
this.whose=h("span",{class:"ame-muted","data-testid":"selection-arm"}),this.clear=h("button",{type:"button",class:"ame-q\
uiet","data-testid":"clear-selection",onclick:()=>t.command("select",{ids:[]})},"Clear"),this.body=h("tbody",{}),this.hint=
h("p",{class:"ame-muted"},"Draw a lasso around points, or click one. In Python: .selection of this lab is a table of the\
m."),this.scroll=h("div",{class:"ame-scroll",hidden:!0,tabindex:"0",role:"region","aria-label":"Selected images"},h("tab\
le",{"data-testid":"selection"},h("thead",{},h("tr",{},["","id","class","answer","entropy"].map(e=>h("th",{scope:"col"},
e||h("span",{class:"ame-hidden"},"picture"))))),this.body)),this.el=h("section",{class:"ame-card","aria-label":"Selectio\
n"},h("header",{},h("h3",{},"Selection"),this.count,this.whose,h("span",{class:"ame-push"}),this.clear),this.hint,this.scroll)}draw(t){
let{lab:e}=this,{scene:s}=e,i=t.selection;if(t.state==="playing"&&i.length&&O()-this.drawnAt<ws)return;this.drawnAt=O(),
$(this.hint,!i.length),$(this.scroll,i.length>0),$(this.clear,i.length>0),y(this.count,i.length?`${i.length} image${i.length>
1?"s":""}`:"");let n=s?i.slice(0,Pi).flatMap(r=>e.rowOf.get(r)??[]):[],o=t.arms.at(-1);y(this.whose,o&&t.arms.length>1&&
n.length?`answers of ${o.name}`:""),this.listed.isNew([e.scenes,n])&&this.body.replaceChildren(...n.map(r=>{let l=h("can\
vas",{class:"ame-thumb-small","aria-hidden":"true"});return e.thumbnail(l,r),h("tr",{},h("td",{},l),h("td",{}),h("td",{}),
h("td",{}),h("td",{}))})),s&&n.forEach((r,l)=>{let c=e.manifold.describe(s,r,o),[,p,d,u,m]=this.body.children[l].children;
y(p,String(c.id)),y(d,c.label),y(u,vt(c)),u.className=xt(c),y(m,q(c.entropy))})}};function Ni(a){let t=a.trim();return t.
match(/^lab\(\s*["'](.*)["']\s*\)$/)?.[1]??t}var zt=class{constructor(t){this.lab=t,this.names=new L,this.arm=h("select",
{"aria-label":"Arm of the recipe",onchange:()=>this.draw(t.frame)}),this.token=h("input",{type:"text",readonly:!0,"data-\
testid":"recipe-token","aria-label":"Recipe as one token",onfocus:()=>this.token.select()}),this.copy=h("button",{type:"\
button",class:"ame-button","data-testid":"copy-recipe",onclick:()=>this.put(this.token,this.copy)},"Copy the run"),this.
whole=h("input",{type:"text",readonly:!0,placeholder:"lab1:…","data-testid":"lab-token","aria-label":"The whole lab as\
 one token",onfocus:()=>this.whole.select()}),this.share=h("button",{type:"button",class:"ame-button",title:"All arms wi\
th their steering, the arrangement, what is locked, and the kept probes","data-testid":"copy-lab",onclick:()=>this.ask()},
"Copy the lab"),this.sharing=!1,this.given=h("input",{type:"text",placeholder:"ame1:… or lab1:…","data-testid":"rest\
ore-token",oninput:()=>this.forget(),"aria-label":"Token to restore",spellcheck:"false"}),this.restore=h("button",{type:"\
submit",class:"ame-button","data-testid":"restore"},"Restore"),this.refused=h("p",{class:"ame-refused",role:"alert","dat\
a-testid":"restore-refused",hidden:!0}),this.asked=!1,this.el=h("section",{class:"ame-card ame-recipe","aria-label":"Rec\
ipe"},h("header",{},h("h3",{},"Recipe"),h("span",{class:"ame-push"}),this.arm),h("div",{class:"ame-field"},this.token,this.
copy),h("div",{class:"ame-field"},this.whole,this.share),h("form",{class:"ame-field",onsubmit:e=>{e.preventDefault();let s=Ni(
this.given.value);s&&t.anew(()=>this.send(s),this.lost(t.frame))}},this.given,this.restore),this.refused,h("p",{class:"a\
me-muted"},'As one string: a run with its steering (ame1:…), or the whole lab with all arms, arrangement and probes (lab\
1:…). Restore takes both, and so does lab("…") in a cell.'))}lost({arms:t,step:e,to_lose:s}){return t.length<2?s:`Al\
l ${t.length} arms as they are at step ${e}${s&&`, with ${s},`}`}forget(){this.asked=!1,$(this.refused,!1)}send(t){this.
asked=!0,$(this.refused,!1),this.lab.command("restore",{token:t})}ask(){this.sharing=!0,this.lab.command("share")}shared(t){
this.sharing&&(this.sharing=!1,this.whole.value=t,this.put(this.whole,this.share))}async put(t,e){await ft(t,e),this.lab.
say("Copied.")}draw({arms:t}){if(this.share.disabled=this.lab.locked("share"),this.names.isNew(t.map(o=>o.name))){let o=this.
arm.value;this.arm.replaceChildren(...t.map(r=>h("option",{value:r.name},r.name))),this.arm.value=t.some(r=>r.name===o)?
o:t.at(-1)?.name??"",$(this.arm,t.length>1)}let e=t.find(o=>o.name===this.arm.value)?.recipe_token??"",s=e&&e+this.lab.probe.
token;this.token.value!==s&&(this.token.value=s),this.restore.disabled=this.given.disabled=this.lab.locked("restore");let{
note:i,state:n}=this.lab.frame;n==="preparing"&&(this.asked=!1),$(this.refused,this.asked&&!!i),this.asked&&i&&y(this.refused,
i)}};var at="#d55e00";function ks(a,t){let e=o=>Math.max(...o.map(r=>Math.hypot(r[0],r[1])),0),s=e(a.flatMap(({pull:o,push:r})=>[o,r])),i=e(a.
map(({before:o,after:r})=>[r[0]-o[0],r[1]-o[1]])),n=i>0?.6*84/(t*i):1;return{force:s>0?84/(t*s):0,move:n<=1?1:Di(n)}}function Di(a){
let t=10**Math.floor(Math.log10(a));return([5,2,1].find(e=>e*t<=a*1.000001)??1)*t}function nt(a,[t,e],[s,i],n,o){let r=Math.
hypot(s-t,i-e);if(r<.5)return;let l=Math.min(4.5*o,.6*r),[c,p]=[(s-t)/r,(i-e)/r];a.strokeStyle=a.fillStyle=n,a.lineWidth=
o,a.lineCap="round",a.beginPath(),a.moveTo(t,e),a.lineTo(s-.8*l*c,i-.8*l*p),a.stroke(),a.beginPath(),a.moveTo(s,i),a.lineTo(
s-l*c+.5*l*p,i-l*p-.5*l*c),a.lineTo(s-l*c-.5*l*p,i-l*p+.5*l*c),a.fill()}var Ri=3,Ms=6,vs=4;function ot(a,t){return[...Array.from(a).keys()].sort((e,s)=>a[s]-a[e]).slice(0,t)}function Bi(a){let t=[
...new Set(a.flatMap(({shares:s})=>ot(s,Ri).filter(i=>s[i]>=.01)))],e=s=>Math.max(...a.map(({shares:i})=>i[s]));return t.
sort((s,i)=>e(i)-e(s)).slice(0,Ms)}var Kt=class{constructor(t){this.lab=t,this.rows=new L,this.pictures=[],this.cells=[],
this.body=h("tbody",{}),this.head=h("thead",{}),this.caption=h("caption",{class:"ame-muted"}),this.table=h("table",{class:"\
ame-probe-table","data-testid":"probe-answers"},this.caption,this.head,this.body),this.el=h("div",{class:"ame-probe-answ\
ers",hidden:!0,tabindex:"0",role:"region","aria-label":"Answers to the probe"},this.table)}color(t){let e=this.lab.frame.
arms.findIndex(s=>s.name===t);return e<0?this.lab.ink.muted:P(j(this.lab.frame.arms,e))}inner(t,e){return this.cells[t][e].
firstChild}pictured(t){return this.pictures[t]??=new L}draw({answers:t,kind:e}){let{scene:s}=this.lab;if($(this.el,t.length>
0&&s!==null),!t.length||!s)return;let i=Bi(t),n=e==="text";if(y(this.caption,n?"Classes of the images that this text fin\
ds":"Which class text it is"),this.rows.isNew([i,t.map(({name:o})=>[o,this.color(o)]),n,this.lab.scenes])){this.head.replaceChildren(
h("tr",{},h("th",{scope:"col"},h("span",{class:"ame-hidden"},"class")),t.map(({name:r})=>h("th",{scope:"col",title:r},h(
"span",{class:"ame-swatch",style:`background: ${this.color(r)}`,"aria-hidden":"true"}),h("span",{class:"ame-called"},r)))));
let o=(r,l="",c="")=>h("tr",{class:c||null},h("th",{scope:"row",title:l||null},r),t.map(()=>h("td",{},h("div",{}))));this.
body.replaceChildren(...i.map(r=>h("tr",{class:"ame-probe-bar"},h("th",{scope:"row",title:s.class_names[r]},s.short[r]),
t.map(({name:l})=>h("td",{},h("span",{class:"ame-bar-of",style:`--ame-bar: ${this.color(l)}`}),h("b",{}))))),o($t("predi\
ctive_entropy"),n?"of these classes":"of the answer over all class texts"),o("nearest texts","","ame-probe-texts"),o("ne\
arest images","","ame-probe-images"),...n?[o("claims","images that are nearer to this text than to every class text","am\
e-probe-claims")]:[],...Array.from({length:Ms-i.length},()=>h("tr",{class:"ame-probe-bar","aria-hidden":"true"},h("td",{
colspan:t.length+1}," ")))),this.cells=[...this.body.children].map(r=>[...r.children].slice(1)),this.pictures=[]}i.forEach(
(o,r)=>t.forEach(({shares:l},c)=>{let p=this.cells[r][c];p.firstChild.style.setProperty("--ame-share",`${Math.round(100*
l[o])}%`),y(p.lastChild,`${Math.round(100*l[o])} %`)})),t.forEach((o,r)=>{let l=i.length;y(this.inner(l,r),J("predictive\
_entropy",o.entropy)),y(this.inner(l+1,r),o.texts.slice(0,3).map(({text:c})=>c).join(", ")),this.cells[l+1][r].title=o.texts.
map(({text:c,cosine:p})=>`${c}: cosine ${yt(p,2)}`).join(`
`)}),t.forEach((o,r)=>{let l=i.length+2,c=[...o.images].slice(0,vs);this.pictured(r).isNew([this.lab.scenes,c])&&this.inner(
l,r).replaceChildren(this.thumbs(c)),o.claims&&this.pictured(t.length+r).isNew([this.lab.scenes,[...o.claims],o.claimed,
o.of])&&this.inner(l+1,r).replaceChildren(`${o.claimed} of ${o.of}`,this.thumbs([...o.claims].slice(0,vs)),o.claimed?h("\
button",{type:"button",class:"ame-quiet",onclick:()=>this.lab.command("select",{ids:[...o.claims]})},"Select"):"")})}thumbs(t){
let{lab:e}=this;return h("span",{class:"ame-probe-thumbs"},t.map(s=>{let i=e.rowOf.get(s),n=h("canvas",{class:"ame-thumb\
-small","aria-hidden":"true"}),o=i===void 0?String(s):e.scene?.captions[i]??String(s),r=i!==void 0&&e.thumbnail(n,i);return h(
"button",{type:"button",class:"ame-probe-thumb",title:o,"aria-label":`Select ${o}`,onclick:()=>e.command("select",{ids:[
s]})},r?n:o)}))}sentence({answers:t,kind:e}){let{scene:s}=this.lab;return!s||!t.length?"":`${t.map(({name:i,shares:n,entropy:o,
claimed:r,texts:l})=>{let[c]=ot(n,1),p=l[0]&&l[0].text!==s.class_names[c]?`, nearest text ${l[0].text}`:"";return`${i}: ${s.
class_names[c]} ${Math.round(100*n[c])} %${e==="text"?`, claims ${r} images`:p}, ${et("predictive_entropy",o)}`}).join("\
; ")}.`}},Ht=class{constructor(t){this.lab=t,this.canvas=h("canvas",{class:"ame-walk",role:"img","data-testid":"walk"}),
this.words=h("p",{class:"ame-muted","data-testid":"walk-words"}),this.el=h("div",{hidden:!0},this.canvas,this.words)}draw({
walk:t},e){let{scene:s,ink:i}=this.lab;if($(this.el,!!(t&&s)),!t||!s)return;this.canvas.style.height=`${56*t.paths.length+
16}px`;let{width:n,height:o,scale:r}=F(this.canvas);if(!n||!o)return;let l=C(this.canvas);l.setTransform(r,0,0,r,0,0),l.
clearRect(0,0,n,o);let c=Math.max(.1,...t.paths.flatMap(({entropy:g})=>[...g])),p=4,d=n-4,u=56,m=16;l.textBaseline="midd\
le",t.paths.forEach(({name:g,answers:k,entropy:v},T)=>{let x=T*u+4,E=x+u-m-8,I=k.length,M=w=>p+(d-p)*w/(I-1);for(let{answer:w,
from:S,to:A}of xs(k)){let[N,_]=[M(Math.max(0,S-.5)),M(Math.min(I-1,A+.5))];l.fillStyle=s.colors[w]??i.muted,l.fillRect(N,
E+2,_-N-1,4),l.font=`11.5px ${i.font}`,l.fillStyle=i.text;let z=s.short[w]??"";l.measureText(z).width<_-N&&l.fillText(z,
N+1,E+13)}l.strokeStyle=e(g),l.lineWidth=2,l.beginPath(),v.forEach((w,S)=>l.lineTo(M(S),E-(E-x-2)*w/c)),l.stroke(),l.font=
`600 11.5px ${i.font}`,l.fillStyle=i.muted,l.fillText(g,p,x+6)}),l.font=`11.5px ${i.font}`,l.fillStyle=i.muted;let f=[t.
first||"now",t.second||"now"];l.fillText(f[0],p,o-7),l.fillText(f[1],d-l.measureText(f[1]).width,o-7);let b=t.paths.map(
({name:g,answers:k,entropy:v})=>`${g}: ${xs(k).map(({answer:T})=>s.short[T]).join(" → ")}, largest ${et("predictive_en\
tropy",Math.max(...v))}`).join("; ");y(this.words,b),this.canvas.setAttribute("aria-label",`Walk from ${f[0]} to ${f[1]}\
. ${b}. Curves: predictive entropy; strips: the answer.`)}};function xs(a){let t=[];for(let e=0;e<a.length;e++){let s=t.
at(-1);s?.answer===a[e]?s.to=e:t.push({answer:a[e],from:e,to:e})}return t}var _i=90,fe={teacher:"teacher",before:"student",after:"after the step"};function Fi({p:a,mine:t},e=_i){let s=[...Array.
from(a).keys()].sort((o,r)=>a[r]-a[o]);if(s.length<=e)return s;let i=s.slice(0,e),n=t.filter(o=>!i.includes(o)).slice(0,
e);return[...i.slice(0,e-n.length),...n]}function qi(a,t,e){return a.mine.includes(t)?"this image":t>=a.texts?`image ${t-
a.texts+1}`:a.texts===e.length?e[t]:`text ${t+1}`}function ge(a,{width:t,height:e},s,i,n,o,r){if(a.font=`12px ${s.font}`,
a.textBaseline="alphabetic",a.fillStyle=s.muted,a.textAlign="left",!i)return"No bars: this reading has no softmax over r\
ows.";let l=Fi(i),[c,p,d]=[2,30,t-2],[u,m]=[Math.round(p+.62*(e-p)),e-2],f=(d-c)/l.length,b=Math.max(...l.map(w=>Math.max(
i.p[w],r?i.after[w]:0)),i.level),g=Math.max(...l.map(w=>Math.abs(i.push[w])),0),k=w=>u-(u-p)*w/b,v=(u+m)/2+1,T=Math.max(
1,Math.min(14,.78*f));l.forEach((w,S)=>{let A=c+(S+.5)*f,N=i.mine.includes(w);if(a.fillStyle=N?o:w<i.texts?s.muted:s.dark?
"#6b7480":"#b9c0c8",a.fillRect(A-T/2,k(i.p[w]),T,u-k(i.p[w])),r&&(a.fillStyle=s.text,a.fillRect(A-T/2-1,k(i.after[w])-1,
T+2,2)),!g)return;let _=((m-u)/2-3)*(i.push[w]/g);a.fillStyle=i.push[w]>0?at:s.muted,a.fillRect(A-T/2,_>0?v-_:v,T,Math.max(
.5,Math.abs(_)))}),a.strokeStyle=s.text,a.lineWidth=1,a.setLineDash([4,3]),a.beginPath(),a.moveTo(c,Math.round(k(i.level))+
.5),a.lineTo(d,Math.round(k(i.level))+.5),a.stroke(),a.setLineDash([]),a.fillStyle=s.text,a.textAlign="right",a.lineWidth=
3,a.strokeStyle=s.card;let x=Math.max(p+12,k(i.level)-4);a.strokeText("exp(−H): above it, up",d,x),a.fillText("exp(−H)\
: above it, up",d,x),a.textAlign="left",a.fillText(r?"p before (bars) and after the step (marks)":"p of each row",c,12);
let E=l[0],I=`${qi(i,E,n)}: p ${K(i.p[E],2)}`;a.fillStyle=s.muted,a.fillText(r?`${I} → ${K(i.after[E],2)}`:I,c,26),a.strokeText(
"AME's push",c,m-1),a.fillText("AME's push",c,m-1);let M=i.mine.map(w=>`this image: p ${K(i.p[w],2)}`);return`${i.p.length}\
 bars, the largest first. ${I}. ${M.join(", ")}. Entries above ${K(i.level,2)} are pushed up, the others down.`}function Ss(a,{
width:t,height:e},s,i,n,o,r){let l=Math.max(2,Math.min(6,Math.floor((e-20)/(14*r.length+6)))),c=[...new Set(r.flatMap(b=>ot(
i.shares[b],l)))].sort((b,g)=>i.shares[r[0]][g]-i.shares[r[0]][b]).slice(0,l);a.font=`12.5px ${s.font}`,a.textBaseline="\
middle";let p=Math.min(.4*t,Math.max(...c.map(b=>a.measureText(n[b]??"").width))+8),d=(e-18)/c.length,u=Math.min(15,(d-4)/
r.length),m={teacher:s.muted,before:o,after:s.text};a.textAlign="left";let f=p;for(let b of r)a.fillStyle=m[b],a.fillRect(
f,4,9,9),a.fillStyle=s.text,a.fillText(fe[b],f+13,9),f+=26+a.measureText(fe[b]).width;return c.forEach((b,g)=>{let k=18+
g*d;a.fillStyle=s.text,a.textAlign="right",a.fillText(n[b]??String(b),p-6,k+u*r.length/2,p-8),a.textAlign="left",r.forEach(
(v,T)=>{let x=i.shares[v][b],E=Math.max(1,(t-p-42)*x);a.fillStyle=m[v],a.fillRect(p,k+T*u,E,u-1.5),a.fillStyle=s.text,a.
fillText(`${Math.round(100*x)} %`,p+E+4,k+(T+.5)*u)})}),r.map(b=>`${fe[b]}: ${c.map(g=>`${n[g]} ${Math.round(100*i.shares[b][g])}\
 %`).join(", ")}`).join("; ")}function As(a,{width:t,height:e},s,i,n){let{kd:o,ame:r}=i.norms,l=i.cosines.kd_ame,c=Math.
max(o,n?r:0)||1,p=Math.acos(Math.max(-1,Math.min(1,l??0))),d=n&&Math.cos(p)<0,u=Math.min(.42*t,e-40),m=[d?t/2:.12*t,e-24],
f=(d?Math.min(u,.44*t):Math.min(.8*t,2*u))/c,b=Math.min(f,n&&r*Math.sin(p)>0?(e-44)/(r*Math.sin(p)):f);if(a.font=`12.5px\
 ${s.font}`,a.textBaseline="middle",nt(a,m,[m[0]+b*o,m[1]],s.accent,3),a.fillStyle=s.accent,a.textAlign="left",a.fillText(
`KD's pull ${K(o,2)}`,Math.min(m[0]+4,t-110),e-9),!n)return`KD's pull has the norm ${K(o,2)}.`;a.fillStyle=at;let g=[m[0]+
b*r*Math.cos(p),m[1]-b*r*Math.sin(p)];b*r>=2?nt(a,m,g,at,3):r>0&&(a.beginPath(),a.arc(...m,3,0,2*Math.PI),a.fill());let k=r===
0?"AME's push is 0":`AME's push ${K(r,2)}${b*r<2?": too short to be seen beside it":""}`;a.fillStyle=s.text,a.fillText(k,
4,10),a.fillStyle=s.muted;let v=l===null?"":`cosine ${K(l,2)}, angle ${Math.round(180*p/Math.PI)}°`;return a.fillText(v,
4,26),`KD's pull ${K(o,2)}. ${k}. ${v}`}var rt=30,$s=new WeakMap,be=new WeakSet;function Es(a,t,e,s,i,n){let{shown:o}=a,r=$s.get(a);if(!o||!t&&!r)return;r||($s.
set(a,r=h("canvas",{class:"ame-step-layer","aria-hidden":"true","data-testid":`step-layer-${a.index}`})),a.over.before(r));
let{width:l,height:c,scale:p}=F(r),d=t?.arms.find(w=>w.name===o.arm.name);if(!d&&be.has(r))return;let u=C(r);if(u.setTransform(
p,0,0,p,0,0),u.clearRect(0,0,l,c),d?be.delete(r):be.add(r),!t||!d)return;let{ink:m}=a.owner.lab,{place:f,scene:b}=o,g=w=>W(
f,w[0],w[1]),k=g(d.before),v=g(d.teacher);u.globalAlpha=.55,u.fillStyle=m.card,u.fillRect(0,0,l,c),u.globalAlpha=1,u.font=
`600 13px ${m.font}`,u.textBaseline="middle",u.lineJoin="round";let T=o.arm.manifold?.anchors??[],x=s==="teacher"?d.shares.
teacher:s==="student"?d.shares.before:null;if(x&&Ts(u,a,b,T,x.indexOf(Math.max(...x)),g),s==="rows"&&d.rows&&d.rows.texts===
b.short.length){let w=d.rows.p.subarray(0,d.rows.texts);Ts(u,a,b,T,w.indexOf(Math.max(...d.rows.p)),g)}u.setLineDash([3,
4]),u.strokeStyle=m.muted,u.lineWidth=1.5,u.beginPath(),e>0&&(u.moveTo(...k),u.lineTo(...v)),u.stroke(),u.setLineDash([]),
D(u,{shape:"diamond",color:m.text,filled:s==="teacher",halo:m.card,inside:m.card},...v,8),we(u,m,"teacher",v,12,m.text),
(e>0||!i)&&ji(u,t.place,i,e>0?k:v,m,e===0);let{force:E,move:I}=ks(t.arms,f.k),M=(w,S,A,N,_)=>{let z=(s===w?n:1)*A*f.k,Y=[
k[0]+z*S[0],k[1]-z*S[1]];u.globalAlpha=s===w?1:.6,nt(u,k,Y,m.card,s===w?7:5),nt(u,k,Y,N,s===w?4:2.5),u.globalAlpha=1;let U=Math.
hypot(S[0],S[1])*A*f.k<5;s===w&&we(u,m,U?`${_}: too short to be seen`:_,U?[k[0],k[1]+rt]:Y,8,N)};if(e>=2&&M("kd",d.pull,
E,m.accent,"KD's pull"),e>=4&&d.norms.ame>0&&M("ame",d.push,E,at,"AME's push"),e>=5){let w=[d.after[0]-d.before[0],d.after[1]-
d.before[1]];M("optimizer",w,I,m.text,I>1?`moved (drawn ${I.toLocaleString("en")} times as long)`:"moved")}}function ji(a,t,e,[
s,i],n,o){let r=rt/2;if(!o){if(!e)return D(a,{shape:"circle",color:n.text,filled:!0,halo:n.card},s,i,7);a.fillStyle=n.text,
a.fillRect(s-r-2,i-r-2,rt+4,rt+4),e.draw(a,t,s-r,i-r,rt,rt)}}function Ts(a,t,e,s,i,n){if(i<0||2*i+1>=s.length)return;let{
ink:o}=t.owner.lab,[r,l]=n([s[2*i],s[2*i+1]]);D(a,{...t.owner.mark(e,i),shape:"star",filled:!0,halo:o.text},r,l,10),a.strokeStyle=
o.text,a.lineWidth=2,a.beginPath(),a.arc(r,l,16,0,2*Math.PI),a.stroke(),we(a,o,e.short[i]??"",[r,l],19,o.text)}function we(a,t,e,[
s,i],n,o){let r=a.measureText(e).width,l=a.canvas.clientWidth,c=s+n+r>l-2?Math.max(2,s-n-r):s+n;a.lineWidth=4,a.strokeStyle=
t.card,a.fillStyle=o,a.strokeText(e,c,i),a.fillText(e,c,i)}var ht=[["teacher","Teacher"],["student","Student"],["kd","KD pulls"],["rows","Rows compete"],["ame","H pushes"],["optim\
izer","Optimizer"]],Wi=1.8,Os=.5;function zi(a){let t=JSON.stringify([a.arms.map(({name:s,step:i,recipe_token:n})=>[s,i,
n]),G(a)]),e=5381;for(let s=0;s<t.length;s++)e=(e*33^t.charCodeAt(s))>>>0;return`${a.scrubbed??"newest"} ${a.step} ${e.toString(
36)}`}var Ut=class{constructor(t){this.lab=t,this.state=null,this.pictures=null,this.part=0,this.place=0,this.asked="",this.
key="",this.open=!1,this.since=0,this.timer=0,this.frame=0,this.arms=new L,this.shownBatch=new L,this.figureShown=new L;
let e=(s,i,n,o)=>h("button",{type:"button",class:"ame-quiet","aria-label":i,title:i,"data-testid":n,onclick:o},s);this.looping=
e("Loop","Go round this one step","step-loop",()=>this.loop(!this.timer)),this.looping.setAttribute("aria-pressed","fals\
e"),this.arm=h("select",{"aria-label":"Student whose step is told","data-testid":"step-arm",onchange:()=>this.show()}),this.
controls=h("div",{class:"ame-step-controls"},h("div",{class:"ame-group",role:"group","aria-label":"Parts of the step"},e(
"◀","Part before","step-back",()=>this.go(this.part-1)),e("▶","Next part","step-next",()=>this.go(this.part+1)),this.
looping),this.arm),this.tabs=h("ol",{class:"ame-step-parts","data-testid":"step-parts"},ht.map(([,s],i)=>h("li",{},h("bu\
tton",{type:"button",class:"ame-quiet",onclick:()=>this.go(i)},s)))),this.batch=h("div",{class:"ame-step-batch",role:"gr\
oup","aria-label":"Images of the minibatch"}),this.image=h("select",{"aria-label":"Image of the minibatch",onchange:()=>this.
choose(Number(this.image.value))}),this.told=h("p",{class:"ame-step-told",role:"status","data-testid":"step-told"}),this.
note=h("p",{class:"ame-muted","data-testid":"step-note"}),this.canvas=h("canvas",{class:"ame-step-figure",role:"img","da\
ta-testid":"step-figure"}),this.words=h("div",{class:"ame-step-words"},this.told,this.note),this.el=h("section",{class:"\
ame-card ame-one-step","aria-label":"One step","data-testid":"one-step"},h("header",{},h("h3",{},"One step")),h("div",{class:"\
ame-step-head"},this.tabs,this.controls),h("div",{class:"ame-step-body"},h("div",{class:"ame-step-images"},this.image,this.
batch),this.words,this.canvas))}retained(t,e){if(t!=="one_step")return;let s=e,i=this.state;this.state=s,this.place=s.error?
this.place:s.place,!s.error&&s.key===this.key&&(this.asked=`${this.key} ${this.place}`),!s.error&&(!i||s.ids.join()!==i.
ids.join())&&(this.pictures=null,s.pictures&&this.decode(s,s.pictures)),this.since=O(),this.show()}async decode(t,e){try{
let s=await it.load(e);if(this.state?.ids.join()!==t.ids.join())return;this.pictures=s,this.show()}catch(s){console.error(
"ame_explore: the minibatch could not be decoded",s)}}go(t){this.part=(t+ht.length)%ht.length,this.since=O(),this.show()}loop(t){
window.clearInterval(this.timer),this.timer=t?window.setInterval(()=>this.go(this.part+1),1e3*Wi):0,this.looping.setAttribute(
"aria-pressed",String(t)),this.told.setAttribute("aria-live",t?"off":"polite")}choose(t){this.place=t,this.draw(this.lab.
frame)}draw(t){this.open=!0,this.key=zi(t);let e=t.state==="paused"||t.state==="finished",s=`${this.key} ${this.place}`;
e&&this.asked!==s&&!this.lab.locked("take_apart")&&t.arms.length&&(this.asked=s,this.lab.command("take_apart",{place:this.
place,key:this.key})),this.show()}follow(t){this.open!==t&&(this.open=t,t||this.loop(!1),this.paint())}get current(){return this.
state&&!this.state.error&&this.state.key===this.key?this.state:null}get chosen(){let t=this.current?.arms??[];return t.find(
({name:e})=>e===this.arm.value)??t.at(-1)??null}show(){let{state:t,current:e,lab:{frame:s}}=this;if(!this.open)return;let i=(e?.
arms??[]).map(({name:l})=>l);if(i.length&&this.arms.isNew(i)){let l=this.arm.value;this.arm.replaceChildren(...i.map(c=>h(
"option",{value:c},c))),this.arm.value=i.includes(l)?l:i[i.length-1]}$(this.arm,i.length>1),this.showBatch();let[n]=ht[this.
part];[...this.tabs.children].forEach((l,c)=>l.firstElementChild?.setAttribute("aria-current",c===this.part?"step":"fals\
e"));let{chosen:o}=this,r=s.state==="playing"?"Pause, and the next step is taken apart here: what the teacher says, how \
KD pulls, how the rows of M compete, how H pushes, and what the optimizer makes of it.":this.lab.locked("take_apart")?"T\
his lab does not show single steps.":t?.error&&t.key===this.key?t.error:"Taking the next step apart …";y(this.told,o?o.
said[n]??"":r),y(this.note,o?this.remark(o,n):""),$(this.canvas,o!==null),this.el.dataset.step=o?String(o.step):"",this.
el.dataset.part=n,this.paint()}remark(t,e){let s=o=>`${Math.round(100*o)} %`,i=V(this.lab.frame)?", as it was taken then":
"",n=`Step ${t.step}${i}, with the weights before it; the run itself has not moved.`;return e==="kd"?`${n} The map shows\
 ${s(t.seen_pull)} of the pull's squared length.`:e==="ame"?`${n} On the map both arrows have one scale; it shows ${s(t.
seen_push)} of the push's squared length.`:e==="optimizer"?`${n} Press Step to take it.`:n}showBatch(){let{current:t,pictures:e}=this;
if(t){if(this.shownBatch.isNew([[...t.ids],e!==null])){let s=t.captions;this.image.replaceChildren(...s.map((i,n)=>h("op\
tion",{value:String(n)},`${n+1}: ${i}`))),this.batch.replaceChildren(...e?s.map((i,n)=>{let o=h("canvas",{"aria-hidden":"\
true"});return e.fill(o,n),h("button",{type:"button",title:i,"aria-label":`Image ${n+1}: ${i}`,onclick:()=>this.choose(n)},
o)}):[]),$(this.image,!e)}this.image.value=String(this.place),[...this.batch.children].forEach((s,i)=>s.setAttribute("ar\
ia-pressed",String(i===this.place)))}}paint(){let t=Math.min(1,(O()-this.since)/Os);this.open&&this.paintFigure();for(let e of this.
lab.manifold.panes)this.paintOn(e);this.open&&t<1&&!this.frame&&this.current&&(this.frame=requestAnimationFrame(()=>{this.
frame=0,this.paint()}))}paintFigure(){let{chosen:t,lab:{ink:e,scene:s,frame:i}}=this,{width:n,height:o,scale:r}=F(this.canvas);
if(!t||!n||!o||!s)return;let l=C(this.canvas);l.setTransform(r,0,0,r,0,0),l.clearRect(0,0,n,o);let c={width:n,height:o},
p=P(j(i.arms,i.arms.findIndex(({name:m})=>m===t.name))),[d]=ht[this.part],u=d==="rows"?ge(l,c,e,t.rows,s.short,p,!1):d===
"optimizer"&&t.rows?ge(l,c,e,t.rows,s.short,p,!0):d==="kd"||d==="ame"?As(l,c,e,t,d==="ame"):Ss(l,c,e,t,s.short,p,d==="te\
acher"?["teacher"]:d==="student"?["teacher","before"]:["before","after"]);this.figureShown.isNew(u)&&this.canvas.setAttribute(
"aria-label",u)}paintOn(t){let e=this.open?this.current:null,[s]=ht[this.part];Es(t,e,this.part,s,this.pictures,Math.min(
1,(O()-this.since)/Os))}};var Gt=class{constructor(t,e,s,i){this.page=t,this.send=e,this.clock=s,this.later=i,this.n=Math.floor(1e6*Math.random()),
this.flying=null,this.gap=0,this.askedAt=-1/0,this.resting=!1,this.next=null}tell(t){return this.n+=1,this.send({...t,by:this.
page,n:this.n}),this.n}ask(t){this.next={action:"ask",probe:t},this.pump()}drop(){this.next=null}pump(){if(!this.next||this.
flying&&this.clock()-this.flying.since<1.5)return;let t=this.gap-(this.clock()-this.askedAt);if(t>1e-6){this.resting||this.
later(()=>this.rested(),t),this.resting=!0;return}this.askedAt=this.clock();let e=this.next;this.next=null;let s=this.flying=
{n:this.tell(e),since:this.clock()};this.later(()=>this.flying===s&&this.pump(),1.5)}rested(){this.resting=!1,this.pump()}answered({
by:t,n:e}){if(t!==this.page||!this.flying||e<this.flying.n)return null;let s=this.clock()-this.flying.since;return this.
flying=null,this.pump(),s}get busy(){return this.flying!==null||this.next!==null}};var Is={large:[32,20],small:[22,14]},Cs=10,Ki=220,pt=16,Ls=18,ke=new WeakMap,ye=new WeakSet;function Hi(a){let t=ke.get(
a);return t||(ke.set(a,t=h("canvas",{class:"ame-probe-layer","aria-hidden":"true"})),a.canvas.after(t)),t}function Ds(a,t,e,s){
if(!a.shown||!t?.answers.length&&!t?.kept.length&&!ke.has(a))return;let{arm:i,size:n,place:o,scene:r}=a.shown,{ink:l}=a.
owner.lab,c=Hi(a);F(c);let p=!t||!t.answers.length&&!t.kept.length&&!t.walk&&s.length<2;if(p&&ye.has(c))return;let d=C(c);
if(d.setTransform(n.scale,0,0,n.scale,0,0),d.clearRect(0,0,n.width,n.height),p?ye.add(c):ye.delete(c),!t)return;d.lineJoin=
"round";let u=(M,w=0)=>W(o,M[2*w],M[2*w+1]),m=(M,w,S,A=[])=>{d.strokeStyle=w,d.lineWidth=S,d.setLineDash(A),d.beginPath();
for(let[N,_]of M)d.lineTo(N,_);d.stroke(),d.setLineDash([])},f=t.walk?.paths.find(({name:M})=>M===i.name);if(f){let M=Array.
from(f.answers,(w,S)=>u(f.points,S));m(M,l.card,5),m(M,l.text,2),M.forEach(([w,S],A)=>D(d,{...a.owner.mark(r,f.answers[A]),
halo:l.card},w,S,4))}let b=[],g=new Map,k=n.width<Ki,[v,T]=k?Is.small:Is.large,x=({name:M,kind:w},S)=>{g.set(S,g.get(S)||
!k||w==="text");let A=r.short[S]??String(S);return w==="text"?Ps(M):k?A:`${Ps(M)}: ${A}`};for(let M of t.kept){let w=M.marks.
find(({name:N})=>N===i.name);if(!w)continue;let[S,A]=[u(w.point),e(M.name)];Ns(d,S,A,T,l),b.push({text:x(A,w.answer),x:S[0],
y:S[1],side:T+Cs})}let E=t.answers.find(({name:M})=>M===i.name),I=t.answers.find(({name:M})=>M==="teacher");if(E){let[M,
w]=[u(E.point),e("")];if(s.length>1&&m(s.map(([S,A])=>W(o,S,A)),l.accent,2),b.unshift({text:x(w,ot(E.shares,1)[0]),x:M[0],
y:M[1],side:v+Cs}),I&&t.kind!=="text"){let S=u(I.point);m([M,S],l.text,1.5,[3,3]),D(d,{shape:"diamond",color:l.text,filled:!1,
halo:l.card,inside:l.card},...S,6.5),b.push({text:"teacher",x:S[0],y:S[1],side:16,light:!0})}Ns(d,M,w,v,l)}for(let[M,w]of g){
let S=a.starsDrawn[M];!S||S.x<0||S.y<0||S.x>n.width||S.y>n.height||(d.strokeStyle=l.accent,d.lineWidth=2,d.beginPath(),d.
arc(S.x,S.y,.5*S.side+4,0,2*Math.PI),d.stroke(),(w||S.spot)&&b.unshift(S))}Ui(d,b,a,l),c.dataset.words=b.map(({text:M})=>M).
join("; ")}var Ps=a=>a.length>Ls?`${a.slice(0,Ls-1).trimEnd()}…`:a;function Ns(a,[t,e],{picture:s,kind:i},n,o){let r=n/
2;s?(a.fillStyle=o.card,a.fillRect(t-r-4,e-r-4,n+8,n+8),a.imageSmoothingEnabled=!1,a.drawImage(s,t-r,e-r,n,n),a.strokeStyle=
o.accent,a.lineWidth=3,a.strokeRect(t-r-2,e-r-2,n+4,n+4)):D(a,{shape:i==="text"?"star":"circle",color:o.accent,filled:!0,
halo:o.text,edge:.3},t,e,.42*n)}function Ui(a,t,{shown:e,covered:s},i){if(!e)return;let{size:n}=e;a.textBaseline="middle";
let o=t.map(({x:r,y:l,side:c})=>[r-c/2,l-c/2,c,c]);for(let{text:r,x:l,y:c,side:p,spot:d,light:u}of t){if(!r)continue;a.font=
`${u?"12px":"600 13px"} ${i.font}`;let m=a.measureText(r).width,f={x:l,y:c,width:m,side:p},[b,g]=d??st([f],n,[...s,...o])[0]??
st([f],n,[...o])[0]??Gi(f,n,o);o.push(ve(f,[b,g])),a.fillStyle=i.card,a.fillRect(...ve(f,[b,g])),a.fillStyle=i.text,a.fillText(
r,l+b,c+g)}}var ve=({x:a,y:t,width:e},[s,i])=>[a+s-2,t+i-pt/2,e+4,pt];function Gi(a,t,e){let{x:s,y:i,width:n,side:o}=a,r=Math.
max(3,Math.min(t.width-3-n,s-n/2))-s,c=Array.from({length:12},(d,u)=>(u%2?-1:1)*(o/2+pt*(.6+Math.floor(u/2)))).filter(d=>i+
d>pt/2&&i+d<t.height-pt/2),p=c.find(d=>{let[u,m,f,b]=ve(a,[r,d]);return!e.some(g=>u<g[0]+g[2]&&g[0]<u+f&&m<g[1]+g[3]&&g[1]<
m+b)});return[r,p??c[0]??0]}var Yt={rotate:0,blur:0,noise:0,share:.5};function Vt(a,t,e){let s=new Float32Array(3*a*t);for(let i=0;i<s.length;i++)s[i]=
e[i%3];return{width:a,height:t,data:s}}var Xt=(a,t,e)=>({width:t,height:e,data:Float32Array.from(a)});function Yi(a,t,e){
return{...a,data:a.data.map((s,i)=>s+e*(t.data[i]-s))}}function Vi(a,t,e){if(t%360===0)return a;let{width:s,height:i,data:n}=a,
o=Vt(s,i,e),[r,l]=[Math.cos(t*Math.PI/180),Math.sin(t*Math.PI/180)],[c,p]=[(s-1)/2,(i-1)/2],d=(u,m,f)=>u<0||m<0||u>=s||m>=
i?e[f]:n[3*(m*s+u)+f];for(let u=0;u<i;u++)for(let m=0;m<s;m++){let f=r*(m-c)+l*(u-p)+c,b=r*(u-p)-l*(m-c)+p,[g,k]=[Math.floor(
f),Math.floor(b)],[v,T]=[f-g,b-k];for(let x=0;x<3;x++)o.data[3*(u*s+m)+x]=(1-T)*((1-v)*d(g,k,x)+v*d(g+1,k,x))+T*((1-v)*d(
g,k+1,x)+v*d(g+1,k+1,x))}return o}function Xi(a,t){if(!(t>0))return a;let e=Math.ceil(3*t),s=Array.from({length:2*e+1},(l,c)=>Math.
exp(-((c-e)**2)/(2*t*t))),i=s.reduce((l,c)=>l+c,0),{width:n,height:o}=a,r=(l,c,p)=>{let d=new Float32Array(l.length);for(let u=0;u<
o;u++)for(let m=0;m<n;m++)for(let f=-e;f<=e;f++){let b=Math.max(0,Math.min(n-1,m+f*c)),g=Math.max(0,Math.min(o-1,u+f*p)),
k=s[f+e]/i;for(let v=0;v<3;v++)d[3*(u*n+m)+v]+=k*l[3*(g*n+b)+v]}return d};return{...a,data:r(r(a.data,1,0),0,1)}}function Ji(a,t){
if(!(t>0))return a;let e=2654435769,s=()=>(e^=e<<13,e^=e>>>17,e^=e<<5,(e>>>0)/4294967296),i=Float32Array.from(a.data);for(let n=0;n<
i.length;n+=3){let o=255*t*(s()+s()+s()-1.5);for(let r=0;r<3;r++)i[n+r]=Math.max(0,Math.min(255,i[n+r]+o))}return{...a,data:i}}
function Rs(a,t,e,s){let i=t?Yi(a,t,e.share):a;return Ji(Xi(Vi(i,e.rotate,s),e.blur),e.noise)}function Bs(a,t,e){let{width:s,
height:i}=a,n=Float32Array.from(a.data),o=s*e;for(let r=0;r<i;r++)for(let l=0;l<s;l++){let c=0,p=[0,0,0];for(let u=0;u<e;u++)
for(let m=0;m<e;m++){let f=4*((r*e+u)*o+l*e+m),b=t[f+3]/255;if(b){c+=b;for(let g=0;g<3;g++)p[g]+=b*t[f+g]}}if(!c)continue;
let d=3*(r*s+l);for(let u=0;u<3;u++)n[d+u]=(p[u]+(e*e-c)*n[d+u])/(e*e)}return{...a,data:n}}var xe=({data:a})=>Uint8ClampedArray.
from(a,Math.round);function _s(a){let t=xe(a),e="";for(let s=0;s<t.length;s+=4096)e+=String.fromCharCode(...t.subarray(s,
s+4096));return{kind:"image",width:a.width,height:a.height,pixels:btoa(e)}}var Fs=a=>`#${[0,1,2].map(t=>Math.max(0,Math.
min(255,Math.round(a[t]))).toString(16).padStart(2,"0")).join("")}`;var Qi=.03,Zi=240,qs=[["#1f1f1f","black"],["#ffffff","white"],["#d81e2c","red"],["#f28c1c","orange"],["#f9cc30","yellow"],
["#2e9e4f","green"],["#2b78d0","blue"],["#8645b8","purple"],["#f06ea9","pink"],["#8a5a35","brown"]],ta=[["#000000","blac\
k"],["#555555","dark grey"],["#999999","grey"],["#cccccc","light grey"],["#ffffff","white"]],Jt=class{constructor(t,e){this.
lab=t,this.report=e,this.scale=10,this.ground=[255,255,255],this.base=Vt(24,24,this.ground),this.picked={first:null,second:null},
this.changes={...Yt},this.shown=this.base,this.image=this.base,this.strokes=[],this.stroke=null,this.color=qs[2][0],this.
erasing=!1,this.pen={x:12,y:12,down:!1},this.due=0,this.finished=-1/0,this.layer=document.createElement("canvas"),this.canvas=
h("canvas",{class:"ame-pad",tabindex:"0",role:"application","data-testid":"pad","aria-label":"Drawing pad. Arrow keys mo\
ve the pen, Space puts it down or lifts it, Enter makes a dot, U undoes, X erases."}),this.seen=h("canvas",{class:"ame-p\
ad-seen","aria-hidden":"true",title:"What the models see"}),this.swatches=h("div",{class:"ame-swatches",role:"group","ar\
ia-label":"Colour"}),this.size=h("input",{type:"range",min:.5,max:8,step:.5,value:"2.5","aria-label":"Brush, pixels of t\
he image","data-testid":"brush"}),this.eraser=h("button",{type:"button",class:"ame-quiet","aria-pressed":"false",title:"\
Erase (X)",onclick:()=>this.erase(!this.erasing)},"Eraser"),this.undoing=h("button",{type:"button",class:"ame-quiet",title:"\
Undo the last stroke (U)","data-testid":"undo",onclick:()=>this.undo()},"Undo"),this.clearing=h("button",{type:"button",
class:"ame-quiet",title:"Empty the pad","data-testid":"clear-pad",onclick:()=>this.clear()},"Clear"),this.el=h("div",{class:"\
ame-pad-box"},h("div",{class:"ame-pad-row"},this.canvas,h("div",{class:"ame-pad-tools"},this.swatches,h("label",{class:"\
ame-pad-size"},"Brush",this.size),h("div",{},this.eraser,this.undoing,this.clearing),h("div",{class:"ame-pad-note"},this.
seen,h("span",{class:"ame-muted"},"as the models see it"))))),this.canvas.addEventListener("pointerdown",s=>this.down(s)),
this.canvas.addEventListener("pointermove",s=>this.move(s)),this.canvas.addEventListener("pointerup",()=>this.lift()),this.
canvas.addEventListener("pointercancel",()=>this.lift()),this.canvas.addEventListener("keydown",s=>this.key(s)),this.canvas.
addEventListener("focus",()=>this.paint()),this.canvas.addEventListener("blur",()=>{this.pen.down=!1,this.lift(),this.paint()})}world([
t,e,s],i){this.ground=i,this.scale=Math.max(1,Math.round(Zi/Math.max(e,s))),this.base=Vt(s,e,this.ground),this.picked={first:null,
second:null},this.strokes=[],this.canvas.width=this.layer.width=s*this.scale,this.canvas.height=this.layer.height=e*this.
scale,this.seen.width=s,this.seen.height=e,this.pen={x:s/2,y:e/2,down:!1},this.size.max=String(Math.max(2,Math.round(e/3))),
this.size.value=String(Math.max(.5,Math.round(e/9)));let n=t===1?ta:qs,o=i[0]+i[1]+i[2]<382;this.color=t===1?o?"#ffffff":
"#000000":n[2][0],this.swatches.replaceChildren(...n.map(([r,l])=>h("button",{type:"button",class:"ame-swatch-button",style:`\
background: ${r}`,title:l,"aria-label":l,"data-color":r,onclick:()=>this.pickColor(r)})),t===1?"":h("input",{type:"color",
"aria-label":"Another colour",value:"#d81e2c",oninput:r=>this.pickColor(r.target.value)})),this.pickColor(this.color),this.
renew(!1)}pickColor(t){this.color=t,this.erase(!1);for(let e of this.swatches.querySelectorAll("button"))e.setAttribute(
"aria-pressed",String(e.dataset.color===t))}erase(t){this.erasing=t,this.eraser.setAttribute("aria-pressed",String(t))}get empty(){
return!this.strokes.length&&!this.picked.first}take(t,e){this.picked[t]=e,t==="first"&&(this.strokes=[]),this.renew()}load(t){
this.picked={first:t,second:null},this.strokes=[],this.changes={...Yt},this.renew()}clear(){this.picked={first:null,second:null},
this.strokes=[],this.changes={...Yt},this.renew(),this.lab.say("The pad is empty.")}undo(){if(this.stroke=null,!this.strokes.
pop())return this.lab.say("Nothing to undo.");this.lab.say("Undone."),this.renew()}renew(t=!0){let e=this.picked.first??
this.base;this.shown=Rs(e,this.picked.second,this.changes,this.ground);let s=C(this.layer,{willReadFrequently:!0});s.clearRect(
0,0,this.layer.width,this.layer.height);for(let i of this.strokes)for(let n=0;n<i.points.length;n++)this.segment(s,i,n);
this.finish(t)}segment(t,{color:e,size:s,points:i},n){let{scale:o}=this,[r,l,c]=i[n],[p,d]=i[Math.max(0,n-1)];t.strokeStyle=
e,t.lineWidth=s*o*c,t.lineCap=t.lineJoin="round",t.beginPath(),t.moveTo(p*o,d*o),t.lineTo(r*o+(n?0:.01),l*o),t.stroke()}finish(t){
this.finished=O();let{layer:e,scale:s}=this,{data:i}=C(e,{willReadFrequently:!0}).getImageData(0,0,e.width,e.height);this.
image=Bs(this.shown,i,s),this.undoing.disabled=!this.strokes.length,this.paint(),t&&this.report(this.image)}paint(){let{
canvas:t,shown:e,scale:s,image:i}=this,n=C(t);Qt(this.seen,i);let o=document.createElement("canvas");if(o.width=e.width,
o.height=e.height,Qt(o,e),n.imageSmoothingEnabled=!1,n.drawImage(o,0,0,t.width,t.height),n.drawImage(this.layer,0,0),document.
activeElement!==t||!t.matches(":focus-visible"))return;let[r,l,c]=[this.pen.x*s,this.pen.y*s,Math.max(3,Number(this.size.
value)*s/2)];for(let[p,d]of[["#fff",4],[this.pen.down?"#d81e2c":"#1f1f1f",2]])n.strokeStyle=p,n.lineWidth=d,n.beginPath(),
n.arc(r,l,c,0,2*Math.PI),n.stroke()}begin(t,e,s=1){this.stroke={color:this.erasing?Fs(this.ground):this.color,size:Number(
this.size.value),points:[]},this.strokes.push(this.stroke),this.extend(t,e,s)}extend(t,e,s=1){if(this.stroke&&(this.stroke.
points.push([t,e,s]),this.segment(C(this.layer,{willReadFrequently:!0}),this.stroke,this.stroke.points.length-1),!this.due)){
if(O()-this.finished>Qi)return this.finish(!0);this.due=requestAnimationFrame(()=>{this.due=0,this.finish(!0)})}}lift(){
this.stroke=null}place(t){let e=this.canvas.getBoundingClientRect(),s=t.pointerType==="pen"&&t.pressure>0?.4+1.2*t.pressure:
1;return[(t.clientX-e.left)/e.width*this.base.width,(t.clientY-e.top)/e.height*this.base.height,s]}down(t){if(!(t.button>
0&&t.button!==5)){t.preventDefault(),this.canvas.focus({preventScroll:!0});try{this.canvas.setPointerCapture(t.pointerId)}catch{}
t.button===5&&this.erase(!0),this.begin(...this.place(t))}}move(t){if(!(!this.stroke||!t.buttons)){for(let e of t.getCoalescedEvents?.()??
[])this.extend(...this.place(e));this.extend(...this.place(t))}}key(t){let{pen:e,base:s}=this,i=t.key.toLowerCase()==="z"&&
(t.ctrlKey||t.metaKey);if((t.ctrlKey||t.metaKey||t.altKey)&&!i)return;let n=(t.shiftKey?4:1)*Math.max(.5,s.width/24),r={
ArrowLeft:[-n,0],ArrowRight:[n,0],ArrowUp:[0,-n],ArrowDown:[0,n]}[t.key],l=i?"u":t.key.toLowerCase();!r&&![" ","enter","\
u","x"].includes(l)||(t.preventDefault(),t.stopPropagation(),r?(e.x=Math.max(0,Math.min(s.width,e.x+r[0])),e.y=Math.max(
0,Math.min(s.height,e.y+r[1])),e.down&&this.extend(e.x,e.y)):l===" "?(e.down=!e.down,e.down?this.begin(e.x,e.y):this.lift(),
this.lab.say(e.down?"Pen down.":"Pen up.")):l==="enter"?(this.begin(e.x,e.y),e.down||this.lift()):l==="u"?this.undo():(this.
erase(!this.erasing),this.lab.say(this.erasing?"Eraser.":"Brush.")),r&&!e.down&&this.lab.say(`${Math.round(e.x)} across,\
 ${Math.round(e.y)} down`),this.paint())}};function Qt(a,t){let e=xe(t),s=new ImageData(t.width,t.height);for(let i=0,n=0;i<
s.data.length;i+=4,n+=3)s.data[i]=e[n],s.data[i+1]=e[n+1],s.data[i+2]=e[n+2],s.data[i+3]=255;a.width=t.width,a.height=t.
height,C(a).putImageData(s,0,0)}var ea=.8,js={playing:.25,still:.03},sa=80,Zt=class{constructor(t){this.lab=t,this.world=null,this.state=null,this.given=
null,this.mode="image",this.saying=0,this.asker=new Gt(t.client.page,n=>t.command("probe",n),O,(n,o)=>{setTimeout(n,1e3*
o)}),this.trails=new Map,this.keptShown=new L,this.keptPictures=new Map,this.ids={first:null,second:null},this.pad=new Jt(
t,n=>this.drawn(n)),this.answers=new Kt(t),this.walk=new Ht(t);let e=(n,o,r,l="ame-button")=>h("button",{type:"button",class:l,
"data-testid":o,onclick:r},n);this.modes={image:e("Draw or pick","probe-image",()=>this.setMode("image"),"ame-quiet"),text:e(
"Type","probe-text-mode",()=>this.setMode("text"),"ame-quiet")},this.text=h("input",{type:"text",maxlength:200,placeholder:"\
a sad cat","aria-label":"Text to put on the maps","data-testid":"probe-text",spellcheck:"false",oninput:()=>this.typed()}),
this.texts=h("select",{"aria-label":"Class text to put on the maps","data-testid":"probe-class-text",onchange:()=>this.typed()}),
this.list=h("datalist",{id:`${t.client.page}-captions`});let s=(n,o)=>{let r=h("input",{type:"text",list:this.list.id,placeholder:"\
caption or number","aria-label":o,"data-testid":`pick-${n}`,onchange:()=>this.choose(n,r.value)});return{field:r,el:h("l\
abel",{class:"ame-probe-pick"},h("span",{},o),r,h("button",{type:"button",class:"ame-quiet",title:"Take the image that i\
s selected on the map",onclick:()=>this.chooseSelected(n)},"Selected"),h("button",{type:"button",class:"ame-quiet",title:"\
Let go of it","aria-label":`No ${o.toLowerCase()}`,onclick:()=>this.letGo(n)},"×"))}};this.picks={first:s("first","Imag\
e"),second:s("second","Blend with")};let i=(n,o,r,l,c)=>h("label",{},h("span",{},o),h("input",{type:"range",min:r,max:l,
step:c,value:String(this.pad.changes[n]),"data-change":n,"data-testid":`change-${n}`,oninput:p=>this.change(n,Number(p.target.
value))}));this.share=i("share","Blend",0,1,.01),this.edits=h("div",{class:"ame-probe-edits"},i("rotate","Rotate",-180,180,
1),i("blur","Blur",0,4,.1),i("noise","Noise",0,1,.02)),this.note=h("p",{class:"ame-probe-note",role:"status","data-testi\
d":"probe-note"}),this.cannot=h("p",{class:"ame-muted","data-testid":"probe-cannot",hidden:!0}),this.imageBox=h("div",{class:"\
ame-probe-input"},this.pad.el,this.picks.first.el,this.picks.second.el,this.share,this.edits),this.textBox=h("div",{class:"\
ame-probe-input",hidden:!0},h("label",{class:"ame-field"},this.text,this.texts)),this.name=h("input",{type:"text",maxlength:40,
placeholder:"name","aria-label":"Name of the probe","data-testid":"probe-name"}),this.keeping=h("button",{type:"submit",
class:"ame-button","data-testid":"keep-probe"},"Keep"),this.kept=h("ul",{class:"ame-probe-kept","aria-label":"Kept probe\
s","data-testid":"kept-probes"}),this.ends=[0,1].map(n=>h("select",{"aria-label":n?"Walk to":"Walk from","data-testid":`\
walk-${n}`})),this.walking=e("Walk","walk-start",()=>this.startWalk()),this.stopping=e("×","walk-stop",()=>this.asker.tell(
{action:"walk",between:null}),"ame-quiet"),this.stopping.setAttribute("aria-label","End the walk"),this.walkBox=h("div",
{class:"ame-field ame-probe-walk"},this.ends[0],"→",this.ends[1],this.walking,this.stopping),this.empty=h("p",{class:"\
ame-muted"},"Draw, pick an image or type a text: it appears on every map, with the answers of the teacher and each stude\
nt."),this.el=h("section",{class:"ame-card ame-probe","aria-label":"Probe","data-testid":"probe"},h("header",{},h("h3",{},
"Probe"),h("div",{class:"ame-group",role:"group","aria-label":"Kind of probe"},this.modes.image,this.modes.text),h("span",
{class:"ame-push"}),e("Take off","probe-clear",()=>this.clear(),"ame-quiet")),this.cannot,this.list,h("div",{class:"ame-\
probe-body"},h("div",{},this.imageBox,this.textBox,h("form",{class:"ame-field",onsubmit:n=>this.keep(n)},this.name,this.
keeping)),h("div",{class:"ame-probe-said"},this.note,this.empty,this.answers.el),h("div",{class:"ame-probe-more"},this.kept,
this.walkBox,this.walk.el))),this.setMode("image")}retained(t,e){t==="probe_world"?this.meet(e):t==="probe"?this.answered(
e):t==="picked"&&e.by===this.lab.client.page&&this.picked(e)}meet(t){this.world=t,$(this.cannot,!!t.cannot),y(this.cannot,
t.cannot),$(this.pad.el,t.shape!==null),$(this.edits,t.shape!==null),y(this.modes.image,t.shape?"Draw or pick":"Pick"),$(
this.text,t.reads_text),$(this.texts,!t.reads_text),t.shape&&this.pad.world(t.shape,t.ground),this.given=null,this.ids={
first:null,second:null}}scene(t){this.list.replaceChildren(...[...t.ids].slice(0,2e3).map((e,s)=>h("option",{value:`${t.
captions[s]??t.class_names[t.labels[s]]} · ${e}`}))),this.texts.replaceChildren(h("option",{value:""},"choose a class t\
ext"),...t.class_names.map(e=>h("option",{value:e},e)))}answered(t){let e=this.asker.answered(t);e!==null&&(this.el.dataset.
taken=e.toFixed(4));let s=this.state?.n!==t.n;s&&this.trails.clear();for(let{name:i,point:n}of t.answers){let o=this.trails.
get(i)??[];o.push([n[0],n[1]]),this.trails.set(i,o.slice(-sa))}this.state=t,(s||t.error)&&(window.clearTimeout(this.saying),
t.by===this.lab.client.page&&(this.saying=window.setTimeout(()=>this.say(),1e3*ea))),this.show()}say(){this.state&&!this.
state.error&&!this.asker.busy&&this.lab.say([this.state.remark,this.answers.sentence(this.state)].filter(Boolean).join("\
 "))}show(){let{state:t}=this;if(!t)return;let e=t.error??t.remark;y(this.note,e),this.note.classList.toggle("ame-probe-\
wrong",t.error!==null),$(this.empty,!t.kind&&!t.error&&!t.kept.length),this.answers.draw(t),this.drawKept(t),this.walk.draw(
t,s=>this.answers.color(s)),$(this.stopping,t.walk!==null),this.paint(),Object.assign(this.el.dataset,{answered:t.n,steps:t.
answers.map(({step:s})=>s??"").join(" ")})}paint(){for(let t of this.lab.manifold.panes)this.paintOn(t)}paintOn(t){Ds(t,
this.state,e=>this.lookOf(e),this.trails.get(t.shown?.arm.name??"")??[])}lookOf(t){if(t)return{picture:this.keptPictures.
get(t)??null,kind:this.state?.kept.find(i=>i.name===t)?.kind??null,name:t};let e=this.state?.kind??null,s=e==="text"?this.
given?.text??"my text":e==="image"&&!this.pad.picked.first?"my drawing":"my image";return{picture:e==="image"&&this.world?.
shape&&!this.pad.empty?this.pad.seen:null,kind:e,name:s}}drawKept({kept:t}){let{scene:e}=this.lab,s=t.map(({name:i})=>i);
if(this.keptShown.isNew(t.map(({name:i,kind:n,text:o,id:r,pixels:l})=>[i,n,o,r,l&&l.join()]))){this.keptPictures.clear();
for(let{name:i,pixels:n}of t){if(!n)continue;let o=h("canvas",{class:"ame-thumb-small","aria-hidden":"true"});Qt(o,Xt(n,
n.shape[1],n.shape[0])),this.keptPictures.set(i,o)}this.kept.replaceChildren(...t.map(i=>{let n=h("input",{type:"text",value:i.
name,maxlength:40,"aria-label":`Name of ${i.name}`,onchange:()=>this.asker.tell({action:"rename",name:i.name,to:n.value})});
return h("li",{},h("button",{type:"button",class:"ame-probe-thumb",title:"Go on with it","aria-label":`Go on with ${i.name}`,
onclick:()=>this.resume(i)},this.keptPictures.get(i.name)??"★"),n,h("span",{class:"ame-muted"}),h("button",{type:"butt\
on",class:"ame-quiet","aria-label":`Forget ${i.name}`,title:"Forget",onclick:()=>this.asker.tell({action:"forget",name:i.
name})},"×"))})),this.ends.forEach((i,n)=>{let o=i.value,r=["",...s];i.replaceChildren(...r.map(l=>h("option",{value:l},
l||"the probe now"))),i.value=r.includes(o)&&(o||n)?o:s[n?s.length-1:0]??"",n&&s.length<2&&(i.value="")}),this.lab.again()}
t.forEach(({marks:i},n)=>y(this.kept.children[n].children[2],i.map(({name:o,answer:r,share:l})=>`${o}: ${e?.short[r]??r}\
 ${Math.round(100*l)} %`).join(" · "))),$(this.walkBox,t.length>0)}get token(){return this.state?.token?`+${this.state.
token}`:""}setMode(t){this.mode=t;for(let[e,s]of Object.entries(this.modes))s.setAttribute("aria-pressed",String(e===t));
$(this.imageBox,t==="image"),$(this.textBox,t==="text")}ask(t){this.given=t,this.asker.ask(t)}drawn(t){this.pad.empty?this.
clear(!1):this.ask(_s(t))}typed(){let t=this.world?.reads_text===!1?this.texts.value:this.text.value;t.trim()?this.ask({
kind:"text",text:t}):this.clear(!1)}choose(t,e){let{scene:s}=this.lab,i=e.trim();if(!i)return this.letGo(t);let n=s?.captions.
indexOf(i)??-1,o=i.match(/(?:^|· )(\d+)$/)?.[1]??(n>=0?String(s?.ids[n]):"");if(!o){y(this.note,`No image is called “${i.
slice(0,40)}”: choose one from the list, or type its number.`);return}this.pickId(t,Number(o))}chooseSelected(t){let[e]=this.
lab.frame.selection;if(e===void 0){y(this.note,"Select an image on a map first: click it.");return}let s=this.lab.rowOf.
get(e);this.picks[t].field.value=`${s===void 0?"":this.lab.scene?.captions[s]??""} · ${e}`,this.pickId(t,e)}pickId(t,e){
this.world?.shape?this.asker.tell({action:"pick",id:e,role:t}):(this.ids[t]=e,this.askRow())}letGo(t){this.picks[t].field.
value="",this.ids[t]=null,this.lab.again(),this.world?.shape?this.pad.take(t,null):this.askRow()}askRow(){this.lab.again();
let{first:t,second:e}=this.ids;if(t===null)return this.clear(!1);this.ask({kind:"row",id:t,other:e,share:e===null?0:this.
pad.changes.share})}picked({role:t,pixels:e}){this.setMode("image"),this.pad.take(t,Xt(e,e.shape[1],e.shape[0])),this.lab.
again()}change(t,e){this.pad.changes={...this.pad.changes,[t]:e},this.world?.shape?this.pad.renew():this.askRow()}keep(t){
if(t.preventDefault(),!this.given){y(this.note,"Draw something, pick an image or type a text first.");return}this.asker.
tell({action:"keep",probe:this.given,name:this.name.value}),this.name.value=""}resume({kind:t,text:e,id:s,pixels:i}){this.
setMode(t==="text"?"text":"image"),t==="text"?(this.text.value=this.texts.value=e,this.typed()):i?this.pad.load(Xt(i,i.shape[1],
i.shape[0])):this.pickId("first",s)}startWalk(){this.asker.tell({action:"walk",between:this.ends.map(t=>t.value)})}clear(t=!0){
if(this.given=null,this.asker.drop(),this.asker.tell({action:"clear"}),!!t){this.text.value=this.texts.value="";for(let{
field:e}of Object.values(this.picks))e.value="";this.ids={first:null,second:null},this.world?.shape&&!this.pad.empty&&this.
pad.clear()}}draw(t){let e=this.lab.locked("probe")||t.state==="closed"||!this.world;this.el.inert!==e&&(this.el.inert=e),
this.el.classList.toggle("ame-probe-off",e),this.asker.gap=t.state==="playing"&&t.speed===null?js.playing:js.still;let s=this.
pad.picked.second!==null||this.ids.second!==null;$(this.share,s),this.state?.walk&&this.walk.draw(this.state,i=>this.answers.
color(i));for(let i of this.el.querySelectorAll("input[data-change]")){let n=String(this.pad.changes[i.dataset.change]);
document.activeElement!==i&&i.value!==n&&(i.value=n)}}};var ia="Start a new branch from this step (F)",aa=.6,Ws=({step:a,text:t})=>`${t} from step ${a} on`,te=class{constructor(t){
this.lab=t,this.shown=0,this.touched=-1/0,this.step=0,this.send=ut(e=>t.command("scrub",{step:e}),80),this.range=h("inpu\
t",{type:"range",min:0,max:1,step:1,"data-testid":"scrubber","aria-label":"Recorded steps",class:"ame-scrub",oninput:()=>this.
moved()}),this.live=h("button",{type:"button",class:"ame-button","data-testid":"live-head",onclick:()=>t.command("scrub",
{step:null}),title:"Back to the newest step (L)"},"Back to live"),this.fork=h("button",{type:"button",class:"ame-button",
"data-testid":"fork","aria-expanded":"false",onclick:()=>this.toggle(),title:ia},"Fork from here…"),this.bars=h("div",
{class:"ame-branches",role:"list","aria-label":"Branches","data-testid":"branches"}),this.marks=[],this.arm=h("select",{
"aria-label":"Branch off","data-testid":"fork-arm",onchange:()=>this.editor()}),this.from=h("span",{"data-testid":"fork-\
step"}),this.field=h("select",{"aria-label":"Dial to change","data-testid":"fork-field",onchange:()=>this.editor()}),this.
input=null,this.value=h("span",{}),this.again=h("p",{class:"ame-muted ame-repeats",role:"status"}),this.form=h("form",{class:"\
ame-fork",hidden:!0,"data-testid":"fork-form",onsubmit:e=>this.submit(e),onkeydown:e=>e.key==="Escape"&&this.toggle(!1)},
h("label",{},"Branch off ",this.arm),this.from,h("label",{},"and set ",this.field),this.value,h("button",{type:"submit",
class:"ame-button ame-primary","data-testid":"fork-go"},"Fork and run on"),h("button",{type:"button",class:"ame-button",
onclick:()=>this.toggle(!1)},"Cancel"),this.again),this.note=h("p",{class:"ame-scrub-note",hidden:!0}),this.el=h("div",{
class:"ame-timeline",role:"group","aria-label":"Time"},h("div",{class:"ame-scrub-row"},h("div",{class:"ame-track"},this.
range,this.bars),this.live,this.fork),this.note,this.form)}toggle(t=this.form.hidden){if(this.form.hidden=!t,this.fork.setAttribute(
"aria-expanded",String(t)),!t)return this.fork.focus();let{frame:e}=this.lab;this.step=G(e),y(this.from,`at step ${this.
step}`),this.arm.replaceChildren(...e.arms.map(n=>h("option",{value:n.name,title:n.label},n.name)));let s=e.dials.filter(
n=>n.steerable&&!n.locked);this.field.replaceChildren(h("option",{value:""},"nothing"),...s.map(n=>h("option",{value:n.field},
n.label))),s.length&&(this.field.value=(s.find(({field:n})=>n==="omega")??s[0]).field);let i=e.arms.at(-1);i&&(this.arm.
value=i.name),this.editor(),this.field.focus()}editor(){let{frame:t}=this.lab,e=t.dials.find(({field:r})=>r===this.field.
value),s=t.arms.find(({name:r})=>r===this.arm.value),i=(s?.turns??[]).filter(({step:r,field:l})=>r>this.step&&l!==this.field.
value);if(y(this.again,s&&i.length?`The fork repeats the later changes of ${s.name}: ${i.map(Ws).join("; ")}.`:""),this.
input=null,!e)return this.value.replaceChildren();let n=e.values[this.arm.value]??e.value,o={"aria-label":`New value of ${e.
label}`,"data-testid":"fork-value"};if(e.kind==="number"){let r=e.step??(e.whole?1:"any");this.input=h("input",{...o,type:"\
number",step:r,min:e.low,max:e.high,value:n??"",required:!0})}else{let r=e.kind==="switch"?[!0,!1]:e.choices;this.input=
h("select",o,r.map(l=>h("option",{value:JSON.stringify(l)},kt(l)))),this.input.value=JSON.stringify(e.kind==="switch"?!n:
n)}this.value.replaceChildren("to ",this.input)}submit(t){t.preventDefault();let{input:e}=this,s=e?e.type==="number"?Number(
e.value):JSON.parse(e.value):null;this.lab.command("fork",{step:this.step,field:this.field.value||null,value:s,arm:this.
arm.value,play:!0}),this.toggle(!1)}moved(){let t=Ve(this.lab.frame.recorded_steps,this.shown,Number(this.range.value));
this.range.value=String(t),this.shown=t,this.touched=O(),this.send(t)}draw(t){let e=Math.max(1,t.steps),s=t.recorded_steps.
length>0;this.range.max!==String(e)&&(this.range.max=String(e)),O()-this.touched>=aa&&(this.shown=G(t),this.range.value!==
String(this.shown)&&(this.range.value=String(this.shown))),this.range.setAttribute("aria-valuetext",`step ${this.shown} \
of ${e}`),this.range.disabled=this.lab.locked("scrub")||!s;let i=V(t);this.live.disabled=!i,this.fork.disabled=this.lab.
locked("fork")||!s||t.state==="preparing"||t.state==="closed",$(this.note,i),i&&y(this.note,`Looking back at step ${t.scrubbed}\
; the newest is ${t.recorded_steps.at(-1)??t.step}. Dials and curves are as they were then: fork from here to change one\
, or go back to live.`),(!i||t.arms.length!==this.bars.children.length)&&this.branches(t,e)}branches({arms:t},e){for(;this.
bars.children.length>t.length;)this.bars.lastChild?.remove();for(;this.bars.children.length<t.length;)this.bars.append(h(
"div",{role:"listitem",class:"ame-branch"},h("span",{class:"ame-branch-rail"},h("i",{}),h("span",{})),h("span",{class:"a\
me-branch-name"})));t.forEach((s,i)=>{let n=this.bars.children[i],[o,r]=n.children,[l,c]=o.children,p=s.fork_step??0;l.style.
left=`${100*p/e}%`,l.style.width=`${100*Math.max(0,s.step-p)/e}%`,l.style.background=P(j(t,i)),y(r,s.name),this.marks[i]??=
new L,this.marks[i].isNew([s.turns,e])&&c.replaceChildren(...s.turns.map(d=>h("b",{style:`left: ${100*d.step/e}%`,title:Ws(
d)}))),n.title=`${s.label}: step ${s.step}${s.finished?", finished":""}`})}};var zs={play:"M4 2.5v11l9-5.5z",pause:"M4 2.5h3v11H4zM9.5 2.5h3v11h-3z",step:"M3 2.5v11l7-5.5zM11 2.5h2.2v11H11z",epoch:"\
M2 2.5v11l5.5-5.5zM7.5 2.5v11L13 8zM13 2.5h1.5v11H13z",reset:"M8 2.2a5.8 5.8 0 1 0 5.6 4.3h-2A3.9 3.9 0 1 1 8 4.1c1 0 2 \
.4 2.7 1.1L8.6 7.3H14V1.9l-1.9 1.9A5.8 5.8 0 0 0 8 2.2z"},na=[["","full speed"],[50,"50 steps/s"],[20,"20 steps/s"],[5,"\
5 steps/s"],[1,"1 step/s"]],oa={paused:"Paused",playing:"Training",finished:"Finished",failed:"Failed",closed:"Closed",preparing:"\
Preparing",waiting:"Connecting"},ee=class{constructor(t){this.lab=t;let e=(s,i,n,o,r)=>h("button",{type:"button",class:"\
ame-button","data-testid":i,title:o,onclick:r},h("svg",{viewBox:"0 0 16 16",width:14,height:14,"aria-hidden":"true",fill:"\
currentColor"},h("path",{d:zs[s]})),h("span",{},n));this.play=e("play","play","Play","Play or pause (K)",()=>t.toggle()),
this.play.classList.add("ame-primary"),this.step=e("step","step-one","Step","One minibatch (S)",()=>t.command("step")),this.
epoch=e("epoch","epoch","Epoch","One pass over the shots (E)",()=>t.command("epoch")),this.reset=e("reset","reset","Rese\
t","Back to step 0 of the original or restored recipe: steering is undone and forks are dropped (R)",()=>t.anew(()=>t.command(
"reset"))),this.speed=h("select",{"data-testid":"speed","aria-label":"Speed",title:"Speed",onchange:()=>t.command("speed",
{value:this.speed.value===""?null:Number(this.speed.value)})},na.map(([s,i])=>h("option",{value:s},i))),this.state=h("sp\
an",{class:"ame-state","data-testid":"state"}),this.count=h("span",{class:"ame-count","data-testid":"step"}),this.where=
h("span",{class:"ame-muted"}),this.el=h("div",{class:"ame-transport",role:"group","aria-label":"Training"},this.play,this.
step,this.epoch,this.reset,this.speed,this.state,this.count,this.where)}draw(t){let{state:e}=t,s=e==="playing",i=s?"Paus\
e":e==="finished"?"Play again":"Play";this.play.dataset.name!==i&&(this.play.dataset.name=i,this.play.querySelector("pat\
h")?.setAttribute("d",zs[s?"pause":"play"]),y(this.play.lastChild,i),this.play.setAttribute("aria-label",`${i} ${t.recording?
"the recording":"training"}`));let n=e==="preparing"||e==="closed"||e==="waiting",o=t.prediction?.waiting??!1,r=(u,m,f=!0)=>u.
disabled=n||this.lab.locked(m)||!f;r(this.play,"play",s||!(o||e==="failed")),r(this.step,"step",!(o||e==="finished"||e===
"failed")),r(this.epoch,"epoch",!(o||e==="finished"||e==="failed"));let l=t.steps_per_epoch,c=l===1?"here one minibatch \
holds all the shots, so it is one step":l?`${l} minibatches`:"";this.epoch.title=`One pass over the shots (E)${c&&`: ${c}`}`,
r(this.reset,"reset"),r(this.speed,"speed"),this.play.title=o?"Commit your prediction first":"Play or pause (K)";let p=String(
t.speed??"");document.activeElement!==this.speed&&this.speed.value!==p&&([...this.speed.options].some(u=>u.value===p)||this.
speed.append(h("option",{value:p},`${p} steps/s`)),this.speed.value=p);let d=V(t);this.state.dataset.state=d?"back":e,y(
this.state,d?"Looking back":t.recording&&s?"Playing":oa[e]),y(this.count,`step ${G(t)} of ${t.steps||"–"}`),y(this.where,
e==="preparing"?t.progress?.text??"":l&&l!==1?`epoch ${q(t.epoch)}`:"")}};var ra=[["K","play or pause"],["S","one minibatch"],["E","one epoch"],["R","reset"],["[ and ]","earlier and later record\
ed step"],["L","back to live"],["F","fork from here"],["D","to the dials"],["M","to the manifold"],["P","fill the browse\
r, and back"],["?","this list"]],Ks=["change:images","change:arrangement","change:opened"],ha={predict:"Predict",exercise:"\
Exercise",dials:"Dials",breaks:"Break it",charts:"Curves",diagnosis:"Diagnosis",delta:"Last step",one_step:"One step",selection:"\
Selection",probe:"Probe",recipe:"Recipe"},se=class{constructor(t){this.client=t,this.scene=null,this.scenes=0,this.pictures=
null,this.frame=Et,this.rowOf=new Map,this.heard=new Set,this.newest="",this.ink=this.readInk(),this.cursor=null,this.unfocused=
null,this.focused=null,this.inside=!1,this.due=this.cursorDue=0,this.finishedAt=-1/0,this.quiet=0,this.lateBy=0,this.gone=
!1,this.act=()=>{},this.transport=new ee(this),this.timeline=new te(this),this.manifold=new Dt(this),this.charts=new Ot(
this),this.dials=new It(this),this.probe=new Zt(this),this.oneStep=new Ut(this),this.exercise=new Lt(this),this.recipe=new zt(
this);let e={predict:new jt(this),exercise:this.exercise,dials:this.dials,breaks:new Ct(this),charts:this.charts,diagnosis:new _t,
delta:new qt,one_step:this.oneStep,selection:new Wt(this),probe:this.probe,recipe:this.recipe};this.fixed={transport:this.
transport,timeline:this.timeline,manifold:this.manifold},this.live=h("div",{class:"ame-hidden",role:"log","aria-live":"p\
olite","data-testid":"said"}),this.error=h("div",{class:"ame-error",role:"alert","data-testid":"error",hidden:!0}),this.
note=h("div",{class:"ame-note",role:"status","data-testid":"note",hidden:!0}),this.progress=h("progress",{max:1,value:0,
"aria-label":"Preparation",hidden:!0}),this.caption=h("p",{class:"ame-caption","data-testid":"caption"}),this.help=h("di\
alog",{class:"ame-keys","aria-label":"Keyboard"},h("h3",{},"Keyboard, while the focus is in the lab"),h("dl",{},ra.map(([
s,i])=>[h("dt",{},h("kbd",{},s)),h("dd",{},i)])),h("p",{},"In a manifold: arrows move, + and − zoom, 0 shows everything,\
 N and B go from image to image, Enter selects, Esc clears, I shows images or dots, O draws all students in one map."),h(
"button",{type:"button",class:"ame-button",onclick:()=>this.help.close()},"Close")),this.losing=h("p",{}),this.sure=h("d\
ialog",{class:"ame-keys","aria-label":"Start over?","data-testid":"sure"},h("h3",{},"Start over?"),this.losing,h("div",{
class:"ame-choices"},h("button",{type:"button",class:"ame-button ame-primary","data-testid":"keep",onclick:()=>this.sure.
close()},"Keep the run"),h("button",{type:"button",class:"ame-button","data-testid":"drop",onclick:()=>this.dropped()},"\
Start over"))),this.finding=new Ft(()=>this.layout.open("diagnosis")),this.said=h("div",{class:"ame-said"},this.caption,
this.finding.el),this.layout=new Pt(this,e,ha,[this.manifold.el,this.said]),this.el=h("div",{class:"ame-lab","data-testi\
d":"lab",role:"region","aria-label":"Live lab",tabindex:"-1",onkeydown:s=>this.key(s),"oname-size":()=>this.again(),onfocusin:s=>this.
focusCame(s),onfocusout:s=>this.focusLeft(s)},h("div",{class:"ame-bar"},this.transport.el,h("div",{class:"ame-menu"},this.
layout.arrange,this.layout.present,h("button",{type:"button",class:"ame-quiet ame-keys-button",title:"Keyboard shortcuts\
 (?)",onclick:()=>this.help.showModal()},"Keys")),this.progress,this.timeline.el),this.error,this.note,this.layout.el,this.
help,this.sure,this.layout.dialog,this.live),this.themes=new MutationObserver(()=>requestAnimationFrame(()=>this.theme())),
this.themes.observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light","data-jp-theme-name","class"]}),
requestAnimationFrame(()=>this.theme()),this.sizes=new ResizeObserver(()=>{this.layout.fit(),this.again()}),this.sizes.observe(
this.el),this.onTrait=()=>this.again();for(let s of Ks)t.model.on(s,this.onTrait);this.draw(this.frame)}close(){this.themes.
disconnect(),this.sizes.disconnect(),this.layout.close(),this.oneStep.loop(!1),this.exercise.close();for(let t of Ks)this.
client.model.off(t,this.onTrait)}retained(t,e){if(this.probe.retained(t,e),this.oneStep.retained(t,e),t!=="scene")return;
let s=e;this.scene=s,this.scenes+=1,this.pictures=null,s.thumbnails&&this.decode(s,s.thumbnails),this.rowOf=new Map([...s.
ids].map((i,n)=>[i,n])),this.manifold.scene(s),this.probe.scene(s),this.again()}message(t){t.type==="shared"&&this.recipe.
shared(t.token)}async decode(t,e){try{let s=await it.load(e);if(this.scene!==t)return;this.pictures=s,this.scenes+=1,this.
manifold.forget(),this.again()}catch(s){console.error("ame_explore: the images could not be decoded",s)}}draw(t){Ie(()=>this.
write(t)),this.keepFocus()}write(t){let{state:e}=t;e==="finished"&&this.frame.state==="playing"&&(this.finishedAt=O()),this.
frame=t;let s=t.show&&new Set(t.show);for(let[o,r]of Object.entries(this.fixed)){let l=s!==null&&!s.has(o);r.el.classList.
toggle("ame-off",l),l||r.draw(t)}this.layout.draw(t),this.oneStep.follow(this.layout.isOpen("one_step")),this.finding.draw(
t,!this.hides("diagnosis")&&(s===null||s.has("diagnosis"))&&!this.layout.isOpen("diagnosis")),$(this.error,!!t.error),t.
error&&y(this.error,t.error);let{done:i,of:n}=t.progress??{done:0,of:0};$(this.progress,e==="preparing"),n>0?this.progress.
value=i/n:this.progress.removeAttribute("value"),this.tell(),this.hear(t.said),y(this.caption,t.caption??this.newest),Object.
assign(this.el.dataset,{state:e,step:G(t),frame:t.n,ageMs:Math.round(1e3*this.client.drawnAge),drawMs:this.client.drawMs.
toFixed(1)})}keepFocus(){let t=document.activeElement;this.inside&&(t===null||t===document.body)&&(this.el.focus({preventScroll:!0}),
t=this.focused?.isConnected?this.focused:this.el),t instanceof HTMLElement&&t!==this.el&&this.el.contains(t)&&t.matches(
":disabled")?(this.unfocused=t,this.el.focus({preventScroll:!0})):this.unfocused&&t!==this.el?this.unfocused=null:this.unfocused&&
!this.unfocused.matches(":disabled")&&(this.unfocused.focus({preventScroll:!0}),this.unfocused=null)}focusCame({target:t}){
this.inside=!0,t instanceof HTMLElement&&t!==this.el&&(this.focused=t)}focusLeft(t){let{relatedTarget:e,target:s}=t,i=s instanceof
HTMLElement&&(!s.isConnected||s.matches(":disabled")||!s.checkVisibility());(e instanceof Node?!this.el.contains(e):!i&&
document.hasFocus())&&(this.inside=!1)}again(){this.due||(this.due=requestAnimationFrame(()=>{this.due=0,this.el.isConnected&&
this.draw(this.frame)}))}late(t){this.el.dataset.late=t?t.toFixed(2):"",this.lateBy=t,this.tell()}silent(t,e){this.quiet=
t,this.gone=e,this.tell()}tell(){let t=this.gone?"Python has stopped: the kernel was restarted or shut down. Run the cel\
l again for a new lab; this page still shows the last state.":this.quiet&&this.frame.state!=="closed"?`No answer from Py\
thon for ${Math.round(this.quiet)} s: it may be busy with a cell.`:this.lateBy?`The connection is slow: this picture is ${this.
lateBy.toFixed(1)} s old.`:this.frame.note??"";$(this.note,!!t),y(this.note,t)}hear(t){let e=t.filter(({id:i})=>!this.heard.
has(i)),s=this.heard.size===0;for(let{id:i}of e)this.heard.add(i);if(e.length){this.newest=e[e.length-1].text;for(let{text:i}of s?
e.slice(-1):e.slice(-3))this.say(i)}}say(t){for(this.live.append(h("p",{},t));this.live.childElementCount>20;)this.live.
firstChild?.remove()}command(t,...e){this.locked(t)||this.client.send({type:"command",name:t,args:e[0]??{}})}hides(t){return(this.
frame.exercise?.hidden??!1)&&as.includes(t)}locked(t){return this.frame.locked.includes(t)}anew(t,e=this.frame.to_lose){
if(!e)return t();this.act=t,y(this.losing,`${e} would be lost. To keep a run, copy its recipe token first.`),this.sure.showModal()}dropped(){
this.sure.close(),this.act()}toggle(){if(!this.transport.play.disabled){if(this.intoView(),this.frame.state!=="finished")
return this.command(this.frame.state==="playing"?"pause":"play");O()-this.finishedAt<.6||this.anew(()=>{this.command("re\
set"),this.command("play")})}}intoView(){let{top:t,bottom:e}=this.el.getBoundingClientRect();this.el.dataset.shape!=="na\
rrow"&&(t<0||e>window.innerHeight)&&this.el.scrollIntoView({block:"nearest"})}scrubTo(t){this.timeline.range.disabled||this.
command("scrub",{step:le(this.frame.recorded_steps,t)})}chartCursor(t){t!==this.cursor&&(this.cursor=t,!this.cursorDue&&
(this.cursorDue=requestAnimationFrame(()=>{this.cursorDue=0,this.charts.draw(this.frame,this.cursor)})))}key(t){let e=t.
target;if(t.key==="Enter"&&(t.ctrlKey||t.metaKey||t.shiftKey))return this.enter(t,e);if(t.ctrlKey||t.metaKey||t.altKey||
t.key==="Tab")return;if(this.help.open||this.sure.open||this.layout.dialog.open)return t.stopPropagation();t.key==="Esca\
pe"&&this.el.classList.contains("ame-presented")&&this.layout.toggle(),(!t.shiftKey||t.key.length===1)&&t.stopPropagation();
let{tagName:s}=e;if(s==="INPUT"&&e.type!=="range"&&e.type!=="radio"||s==="SELECT"||s==="TEXTAREA")return;let n=l=>!l.disabled&&
l.click(),r={k:()=>this.toggle(),s:()=>n(this.transport.step),e:()=>n(this.transport.epoch),r:()=>n(this.transport.reset),
"[":()=>this.move(-1),"]":()=>this.move(1),l:()=>n(this.timeline.live),f:()=>n(this.timeline.fork),d:()=>this.toDials(),
m:()=>this.manifold.panes[0]?.over.focus(),p:()=>this.layout.toggle(),"?":()=>this.help.showModal()}[t.key.toLowerCase()];
r&&(t.preventDefault(),r())}toDials(){this.layout.open("dials"),this.dials.el.querySelector("input:enabled, select:enabl\
ed, button:enabled")?.focus()}enter(t,e){t.stopPropagation(),e.type==="number"&&(t.preventDefault(),e.blur(),e.focus())}move(t){
let{recorded_steps:e}=this.frame;if(!e.length||this.timeline.range.disabled)return;let s=Math.max(0,Math.min(e.length-1,
H(e,G(this.frame))+t));this.command("scrub",{step:e[s]})}thumbnail(t,e){return!this.pictures||e>=this.pictures.count?!1:
(this.pictures.fill(t,e),!0)}readInk(){let t=this.el?getComputedStyle(this.el):null,e=(r,l)=>t?.getPropertyValue(r).trim()||
l,s=e("--ame-card","#ffffff"),[i,n,o]=Ke(s);return{dark:Z(),text:e("--ame-text","#1a1a1a"),muted:e("--ame-muted","#5a5a5\
a"),grid:e("--ame-line","#e4e4e4"),card:s,soft:e("--ame-soft","#f4f5f7"),accent:e("--ame-accent","#0072B2"),wash:e("--am\
e-wash","rgba(0,114,178,.12)"),font:t?.fontFamily||"sans-serif",paper32:(4278190080|o<<16|n<<8|i)>>>0}}theme(){this.el.dataset.
theme=Z()?"dark":"light",this.ink=this.readInk(),this.manifold.theme(),this.probe.show(),this.again()}};var la=20,Hs=32767,Gs=[.25,.5,1,2,4],Me=a=>(a+Hs)/(2*Hs);function ca(a,{box:[t,e,s,i],most_entropy:n}){let o=l=>Float32Array.
from(l,(c,p)=>p%2?s+Me(c)*(i-s):t+Me(c)*(e-t)),r=Float32Array.from(a.entropy,l=>Me(l)*n);return{step:a.step,points:o(a.points),
anchors:o(a.anchors),prediction:a.prediction,entropy:r}}var Us=(a,t,e)=>a.length===t.length?Float32Array.from(a,(s,i)=>s+
e*(t[i]-s)):a,ie=class{constructor(t,e){this.recording=t,this.show=e,this.pictures=t.pictures.map(s=>s.map(i=>ca(i,t))),
this.steps=this.pictures.map(s=>s.map(({step:i})=>i)),this.playing=!1,this.speed=1,this.at=0,this.selection=[],this.n=0,
this.said=[],this.then=-1}get last(){return this.recording.moments[this.recording.moments.length-1]}get moment(){return Math.
max(0,H(this.recording.moments,this.at+1e-9))}manifold(t){let e=this.pictures[t],s=Math.max(0,H(this.steps[t],this.at+1e-9)),
[i,n]=[e[s],e[s+1]];if(!i||!this.playing||!n)return i??null;let o=Math.max(0,(this.at-i.step)/(n.step-i.step));return{...i,
points:Us(i.points,n.points,o),anchors:Us(i.anchors,n.anchors,o)}}frame(){let{recording:t,moment:e,last:s}=this,i=t.moments[e],
n=t.told[e];return this.n+=1,{...Et,n:this.n,recording:!0,state:this.playing?"playing":this.at>=s?"finished":"paused",step:i,
scrubbed:i,steps:t.steps,speed:this.speed,recorded_steps:t.moments,units:t.units,arms:t.arms.map((o,r)=>({...o,manifold:this.
manifold(r)})),delta:{columns:t.columns,rows:n.rows},diagnosis:t.findings[n.findings],caption:n.caption,selection:this.selection,
said:this.said,show:t.show,locked:t.locked,explained:t.explained+this.drawn()}}drawn(){let t=[...new Set(this.steps.map(
e=>e[Math.max(0,H(e,this.at+1e-9))]))];return this.playing?"; between recorded pictures points move in straight lines":`\
; as recorded at step ${t.join(" and ")}`}command(t,e){let{moments:s}=this.recording;t==="play"?this.begin():t==="pause"?
this.rest(this.at):t==="reset"?this.rest(s[0]):t==="step"?this.rest(s[Math.min(s.length-1,this.moment+1)]):t==="scrub"?this.
rest(Number(e.step??this.last)):t==="speed"?this.speed=Number(e.value)||1:t==="select"&&(this.selection=e.ids),this.show(
this.frame())}begin(){this.at>=this.last&&(this.at=this.recording.moments[0]),this.playing=!0,this.then=-1}rest(t){this.
playing=!1,this.at=t,this.at=this.recording.moments[this.moment],this.said=[{id:(this.said[0]?.id??0)+1,text:this.recording.
told[this.moment].caption}]}tick(t){if(!this.playing)return;let e=this.then>=0?Math.min(.25,(t-this.then)/1e3):0;this.then=
t,this.at+=e*this.speed*Math.max(1,this.last)/la,this.at>=this.last&&this.rest(this.last),this.show(this.frame())}};var da=[["K","play or pause"],["S","next recorded step"],["R","to the beginning"],["[ and ]","earlier and later recorded\
 step"],["M","to the manifold"],["P","fill the browser, and back"],["?","this list"]];async function pa(a){let t=Uint8Array.
from(atob(a.trim()),l=>l.charCodeAt(0)),e=await new Response(new Blob([t]).stream().pipeThrough(new DecompressionStream(
"deflate"))).arrayBuffer(),s=new DataView(e).getUint32(0,!0),{tree:i,sizes:n}=JSON.parse(new TextDecoder().decode(new Uint8Array(
e,4,s))),o=4+s,r=n.map(l=>new DataView(e,(o+=l)-l,l));return mt(i,r)}var Ae=class{constructor(t){this.values=t,this.followers=
new Map}get(t){return this.values[t]}set(t,e){this.values[t]=e;for(let s of this.followers.get(`change:${t}`)??[])s()}save_changes(){}on(t,e){
let s=this.followers.get(t)??new Set;this.followers.set(t,s.add(e))}off(t,e){this.followers.get(t)?.delete(e)}};function Se(a){
document.body.dataset.jpThemeLight=String(!a),document.documentElement.style.colorScheme=a?"dark":"light"}async function ua(){
let a=document.getElementById("stage"),t=await pa(document.getElementById("recorded")?.textContent??""),e=matchMedia("(p\
refers-color-scheme: dark)");Se(e.matches),e.addEventListener("change",()=>Se(e.matches)),document.getElementById("theme")?.
addEventListener("click",()=>Se(document.body.dataset.jpThemeLight==="true")),He(t.quantities);let s=new Ae({images:null,
arrangement:t.arrangement,opened:{}}),i=new ie(t,l=>o.draw(l)),n={model:s,page:"replay",drawnAge:0,drawMs:0,send:l=>l.type===
"command"&&i.command(l.name,l.args)},o=new se(n);ma(o),a.prepend(o.el),o.retained("scene",t.scene),o.draw(i.frame());let r=l=>{
i.tick(l),requestAnimationFrame(r)};requestAnimationFrame(r),document.addEventListener("keydown",l=>l.target===document.
body&&o.key(l)),document.documentElement.dataset.ready="true"}function ma(a){let{transport:t,help:e,layout:s}=a;a.el.setAttribute(
"aria-label","Recorded runs"),t.el.setAttribute("aria-label","Playing"),t.step.title="Next recorded step (S)",t.reset.title=
"To the beginning (R)",y(t.reset.lastChild,"Start"),t.speed.replaceChildren(...Gs.map(i=>h("option",{value:i},`${i} ×`))),
e.querySelector("dl")?.replaceChildren(...da.flatMap(([i,n])=>[h("dt",{},h("kbd",{},i)),h("dd",{},n)])),s.dialog.querySelector(
"p")?.remove()}ua().catch(a=>{let t=document.getElementById("failed");t&&(t.hidden=!1,y(t,`This recording cannot be play\
ed here (${a instanceof Error?a.message:a}). It needs a browser of 2023 or later.`))});})();
